package main

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
)

//go:embed peers/torch_step.py
var torchStep string

//go:embed peers/jax_step.py
var jaxStep string

//go:embed peers/torch_birkhoff.py
var torchBirkhoff string

// A peer is a Python program that makes the same steps with another library.
// It waits while others run.
type peer struct {
	library   string
	version   string
	precision precision
	in        io.WriteCloser
	out       *bufio.Scanner
	command   *exec.Cmd
	complaint *tail
}

// startPeer runs a script, which answers with its name and version once the
// library is loaded.
func startPeer(ctx context.Context, python, script string, threads int, more ...string) (*peer, error) {
	p := &peer{complaint: &tail{}}
	p.command = exec.CommandContext(ctx, python, append([]string{"-u", "-c", script, fmt.Sprint(threads)}, more...)...)
	p.command.Stderr = p.complaint
	var err error
	if p.in, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	p.out = bufio.NewScanner(out)
	hello, err := p.answer()
	if err != nil {
		return nil, err
	}
	p.library, p.version, _ = strings.Cut(hello, " ")
	return p, nil
}

func (p *peer) name() string { return p.library }

// stop ends the program, whose way of ending does not matter.
func (p *peer) stop() {
	_ = p.in.Close() // the end of its input ends it
	_ = p.command.Wait()
}

// answer is the next line.
func (p *peer) answer() (string, error) {
	if !p.out.Scan() {
		p.stop() // and have all its complaints
		return "", fmt.Errorf("%s: %s", p.command.Args[0], p.complaint)
	}
	return p.out.Text(), nil
}

func (p *peer) ask(format string, args ...any) (string, error) {
	if _, err := fmt.Fprintf(p.in, format+"\n", args...); err != nil {
		return "", fmt.Errorf("%s: %w: %s", p.library, err, p.complaint)
	}
	return p.answer()
}

func (p *peer) prepare(s shape) error {
	_, err := p.ask("case %d %d %s %s %d %d %d", s.labels, s.samples, s.draw, p.precision, s.batch, s.features, s.hidden)
	return err
}

func (p *peer) run(seconds float64) (pace, error) {
	line, err := p.ask("run %g", seconds)
	if err != nil {
		return pace{}, err
	}
	var t pace
	if _, err := fmt.Sscan(line, &t.steps, &t.wall, &t.cpu); err != nil || t.steps < 1 || !(t.wall > 0) {
		return t, fmt.Errorf("%s answered %q", p.library, line)
	}
	return t, nil
}

// tail keeps the last line of what a program complains about.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-4096):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	return lines[len(lines)-1]
}

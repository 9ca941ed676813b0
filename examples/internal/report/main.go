package report

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes of the examples.
const (
	ExitOK          = 0
	ExitFailure     = 1   // a bad file, no network, training that failed
	ExitUsage       = 2   // a bad flag
	ExitInterrupted = 130 // by Ctrl-C, as shells count: 128 + SIGINT
)

// Run is what an example does: it writes results to stdout and everything else
// to stderr, and stops when ctx ends.
type Run func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// Main runs a program of the given name to its end and returns its exit code.
// The first Ctrl-C, or a request to terminate, ends the context; a second one
// ends the process. An error is printed to stderr as one line.
func Main(name string, run Run) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	return Exit(name, err, os.Stderr)
}

// Exit prints the error, if there is one, and returns the exit code for it.
func Exit(name string, err error, stderr io.Writer) int {
	var usage *UsageError
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return ExitOK
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "%s: %v (-h lists the flags)\n", name, err)
		return ExitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(stderr, "%s: interrupted: %v\n", name, err)
		return ExitInterrupted
	}
	fmt.Fprintf(stderr, "%s: %v\n", name, err)
	return ExitFailure
}

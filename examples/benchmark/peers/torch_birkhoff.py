"""Exact log Z and marginals of a Birkhoff model (the permanent and the permanent of minors) in PyTorch, vectorised:
the recursion over the sets of labels that come first, all sets of one size at a time and all examples at once, forward
and, for what may follow, backward. Examples are the last axis, so that gathered rows are contiguous.

Reads commands from standard input and answers each with a line:
    case K SAMPLES DRAW DTYPE BATCH FEATURES HIDDEN    ok          (K labels and BATCH examples count)
    run SECONDS                                       STEPS WALL CPU
"""
import os
import sys
import time

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)
threads = sys.argv[1]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = threads
os.environ["OMP_WAIT_POLICY"] = "passive"
try:
    with open("/proc/cpuinfo") as f:
        if "avx512f" in f.read():
            os.environ.setdefault("ATEN_CPU_CAPABILITY", "avx512")
except OSError:
    pass
import torch  # noqa: E402

torch.set_num_threads(int(threads))
torch.set_grad_enabled(False)
print("torch", torch.__version__.split("+")[0], flush=True)


def make(k, batch, dtype):
    dtype = getattr(torch, dtype)
    torch.manual_seed(0)
    theta = torch.randn(k, k, batch, dtype=dtype)  # rank, label, example
    by_size = [[s for s in range(1 << k) if bin(s).count("1") == r] for r in range(k + 1)]
    place = {s: n for sets in by_size for n, s in enumerate(sets)}
    # Of each set its labels and where the sets without them are among those of the size below, and the labels not in
    # it and where the sets with them are.
    labels = [torch.tensor([[i for i in range(k) if s >> i & 1] for s in sets]) for sets in by_size]
    below = [torch.tensor([[place[s & ~(1 << i)] for i in range(k) if s >> i & 1] for s in sets]) for sets in by_size]
    others = [torch.tensor([[i for i in range(k) if not s >> i & 1] for s in sets]) for sets in by_size]
    above = [torch.tensor([[place[s | 1 << i] for i in range(k) if not s >> i & 1] for s in sets]) for sets in by_size]

    def step():
        high = theta.amax(1, keepdim=True)
        e = (theta - high).exp_()
        f = [torch.ones(1, batch, dtype=dtype)]
        for r in range(1, k + 1):
            part = f[-1].index_select(0, below[r].view(-1))
            part *= e[r - 1].index_select(0, labels[r].view(-1))
            f.append(part.view(-1, r, batch).sum(1))
        log_z = f[k][0].log() + high.sum((0, 1))
        g, marginals = torch.ones(1, batch, dtype=dtype), torch.zeros(k, k, batch, dtype=dtype)
        for r in range(k - 1, -1, -1):
            i = others[r].view(-1)
            part = g.index_select(0, above[r].view(-1)) * e[r].index_select(0, i)
            part = part.view(-1, k - r, batch)
            g = part.sum(1)
            part *= f[r][:, None]
            marginals[r].index_add_(0, i, part.view(-1, batch))
        marginals /= f[k][0]
        return log_z, marginals

    return step


step = None
for line in sys.stdin:
    command, *rest = line.split()
    if command == "case":
        k, _, _, dtype, batch, _, _ = rest
        step = make(int(k), int(batch), dtype)
        log_z, marginals = step()
        assert (marginals.sum(0) - 1).abs().max() < 1e-3
        print("ok", flush=True)
    else:
        seconds, n, start, cpu = float(rest[0]), 0, time.perf_counter(), time.process_time()
        while n == 0 or time.perf_counter() - start < seconds:
            step()
            n += 1
        print(n, time.perf_counter() - start, time.process_time() - cpu, flush=True)

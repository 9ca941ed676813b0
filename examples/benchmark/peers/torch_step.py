"""The training step of the benchmark in PyTorch, at its best: the analytic gradient of the loss layer, labels from
random bytes by a table, fused Adam, the widest vectors. Given a file of examples, whole trainings on them instead.

    torch_step.py THREADS [FILE EPOCHS]     FILE has rows of FEATURES + K numbers of float64

Reads commands from standard input and answers each with a line:
    case K SAMPLES DRAW DTYPE BATCH FEATURES HIDDEN    ok
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
print("torch", torch.__version__.split("+")[0], flush=True)


def make(k, samples, draw, dtype, batch, d, hidden):
    dtype = getattr(torch, dtype)
    torch.manual_seed(0)

    def mlp(out):
        return torch.nn.Sequential(
            torch.nn.Linear(d, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, out)
        ).to(dtype)

    score, logpart = mlp(k), mlp(1)
    parameters = list(score.parameters()) + list(logpart.parameters())
    try:
        optimiser = torch.optim.Adam(parameters, lr=1e-3, fused=True)
    except (RuntimeError, TypeError):  # before 2.4
        optimiser = torch.optim.Adam(parameters, lr=1e-3, foreach=True)
    bits = ((torch.arange(256)[:, None] >> torch.arange(8)) & 1).to(dtype)  # a byte to eight labels

    def labels(*shape):
        n = 1
        for size in shape:
            n *= size
        byte = torch.randint(0, 256, ((n + 7) // 8,), dtype=torch.int32)
        return bits.index_select(0, byte).view(-1)[:n].view(*shape)

    def step(x, y):
        batch = len(x)
        optimiser.zero_grad(set_to_none=True)
        u, tau = score(x), logpart(x)[:, 0]
        with torch.no_grad():
            if draw == "shared":
                s = labels(samples, k)
                g = u @ s.T
            else:
                s = labels(batch, samples, k)
                g = torch.bmm(s, u[:, :, None])[:, :, 0]
            w = torch.exp_(g.sub_(tau[:, None]))
            total = w.mean(1)
            ws = w @ s if draw == "shared" else torch.bmm(w[:, None, :], s)[:, 0]
            du, dtau = (ws / samples - y) / batch, (1 - total) / batch
            loss = (tau + total - 1 - (u * y).sum(1)).mean()
        torch.autograd.backward([u, tau], [du, dtau])
        optimiser.step()
        return loss

    return step


def examples(k, dtype, batch, d):
    """Those of the file, or a batch of no meaning."""
    dtype = getattr(torch, dtype)
    if len(sys.argv) > 2:
        with open(sys.argv[2], "rb") as f:
            rows = torch.frombuffer(bytearray(f.read()), dtype=torch.float64).view(-1, d + k).to(dtype)
        return rows[:, :d], rows[:, d:]
    return torch.randn(batch, d, dtype=dtype), (torch.rand(batch, k) < 0.3).to(dtype)


def train(shape, x, y):
    """A model is made and trained; returns the number of steps."""
    step, batch, n = make(*shape), shape[4], 0
    x = (x - x.mean(0)) / x.std(0).clamp_min(1e-12)
    for _ in range(int(sys.argv[3])):
        order = torch.randperm(len(x))
        for rows in order.split(batch):
            step(x[rows], y[rows])
            n += 1
    return n


shape = step = x = y = None
for line in sys.stdin:
    command, *rest = line.split()
    if command == "case":
        k, samples, draw, dtype, batch, d, hidden = rest
        shape = int(k), int(samples), draw, dtype, int(batch), int(d), int(hidden)
        x, y = examples(int(k), dtype, int(batch), int(d))
        step = make(*shape)
        for _ in range(3):
            step(x[: int(batch)], y[: int(batch)])
        print("ok", flush=True)
    else:
        seconds, n, start, cpu = float(rest[0]), 0, time.perf_counter(), time.process_time()
        if len(sys.argv) > 2:
            n = train(shape, x, y)
        while n == 0 or time.perf_counter() - start < seconds and len(sys.argv) == 2:
            step(x, y)
            n += 1
        print(n, time.perf_counter() - start, time.process_time() - cpu, flush=True)

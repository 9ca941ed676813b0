"""The training step of the benchmark in JAX, compiled by XLA.

Reads commands from standard input and answers each with a line:
    case K SAMPLES DRAW DTYPE BATCH FEATURES HIDDEN    ok
    run SECONDS                                       STEPS WALL CPU
"""
import os
import sys
import time

if sys.argv[1] == "1":
    os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"
os.environ.setdefault("JAX_PLATFORMS", "cpu")
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

jax.config.update("jax_enable_x64", True)  # arrays have the types they are given
print("jax", jax.__version__, flush=True)


def make(k, samples, draw, dtype, batch, d, hidden):
    dtype = jnp.dtype(dtype)

    def init(key, out):
        k1, k2 = jax.random.split(key)
        return [
            jax.random.normal(k1, (d, hidden), dtype) * d**-0.5, jnp.zeros(hidden, dtype),
            jax.random.normal(k2, (hidden, out), dtype) * hidden**-0.5, jnp.zeros(out, dtype),
        ]

    def mlp(w, x):
        return jax.nn.relu(x @ w[0] + w[1]) @ w[2] + w[3]

    key = jax.random.key(0)
    params = [init(jax.random.fold_in(key, 1), k), init(jax.random.fold_in(key, 2), 1)]
    x = jax.random.normal(jax.random.fold_in(key, 3), (batch, d), dtype)
    y = jax.random.bernoulli(jax.random.fold_in(key, 4), 0.3, (batch, k)).astype(dtype)

    def labels(key, *shape):
        """A random byte for eight labels."""
        whole = (shape[-1] + 7) // 8
        byte = jax.random.bits(key, (*shape[:-1], whole), jnp.uint8)
        bits = (byte[..., None] >> jnp.arange(8, dtype=jnp.uint8)) & 1
        return bits.reshape(*shape[:-1], 8 * whole)[..., : shape[-1]].astype(dtype)

    def loss(w, key):
        u, tau = mlp(w[0], x), mlp(w[1], x)[:, 0]
        if draw == "shared":
            g = u @ labels(key, samples, k).T
        else:
            g = jnp.einsum("bsk,bk->bs", labels(key, batch, samples, k), u)
        return jnp.mean(tau + jnp.mean(jnp.exp(g - tau[:, None]) - 1, 1) - jnp.sum(u * y, 1))

    @jax.jit
    def step(w, m, v, t, key):
        key, sub = jax.random.split(key)
        g = jax.grad(loss)(w, sub)
        t = t + 1
        m = jax.tree_util.tree_map(lambda m, g: (0.9 * m + 0.1 * g).astype(dtype), m, g)
        v = jax.tree_util.tree_map(lambda v, g: (0.999 * v + 0.001 * g * g).astype(dtype), v, g)
        c1, c2 = (1 - 0.9**t).astype(dtype), (1 - 0.999**t).astype(dtype)
        w = jax.tree_util.tree_map(
            lambda w, m, v: (w - 1e-3 * (m / c1) / (jnp.sqrt(v / c2) + 1e-8)).astype(dtype), w, m, v)
        return w, m, v, t, key

    zeros = jax.tree_util.tree_map(jnp.zeros_like, params)
    return step, (params, zeros, zeros, jnp.zeros((), dtype), key)


step = state = None
for line in sys.stdin:
    command, *rest = line.split()
    if command == "case":
        k, samples, draw, dtype, batch, d, hidden = rest
        step, state = make(int(k), int(samples), draw, dtype, int(batch), int(d), int(hidden))
        for _ in range(3):
            state = jax.block_until_ready(step(*state))
        print("ok", flush=True)
    else:
        seconds, n, start, cpu = float(rest[0]), 0, time.perf_counter(), time.process_time()
        while n == 0 or time.perf_counter() - start < seconds:
            state = jax.block_until_ready(step(*state))
            n += 1
        print(n, time.perf_counter() - start, time.process_time() - cpu, flush=True)

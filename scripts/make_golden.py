#!/usr/bin/env python3
"""Makes golden cases with PyTorch: shapes and attributes that the shipped set does not have.

usage: make_golden.py FOLDER

Everything is computed in float64 from inputs rounded to float32, and stored as float32. A case is one
.safetensors file; its format is described in core/src/main/resources/golden/README.md. The same
PyTorch makes the same files, byte for byte.
"""

import json
import math
import pathlib
import struct
import sys
import zlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


class Case:
    """One case in the making: its random numbers, its inputs, and the file it becomes."""

    def __init__(self, name, op, attrs=None, rtol=1e-4, atol=1e-5):
        self.name, self.op, self.attrs = name, op, attrs or {}
        self.rtol, self.atol = rtol, atol
        self.random = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        self.tensors = {}
        self.inputs = {}

    def normal(self, *shape, scale=1.0):
        return (torch.randn(shape, generator=self.random) * scale).float().double()

    def uniform(self, *shape, low=0.0, high=1.0):
        return (low + (high - low) * torch.rand(shape, generator=self.random)).float().double()

    def integers(self, below, *shape):
        return torch.randint(below, shape, generator=self.random)

    def distinct(self, *shape):
        count = math.prod(shape)
        return (torch.randperm(count, generator=self.random).double() / 8 - count / 16).reshape(shape)

    def input(self, name, value, differentiable=True):
        if differentiable and value.is_floating_point():
            value = value.clone().requires_grad_()
        self.inputs[name] = value
        self.tensors["in." + name] = value
        return value

    def output(self, name, value):
        self.tensors["out." + name] = value

    def differentiate(self, **outputs):
        """Stores the outputs, random upstream gradients, and the gradients of all inputs."""
        upstream = {}
        for name, value in outputs.items():
            self.output(name, value)
            upstream[name] = self.normal(*value.shape)
            self.tensors["up." + name] = upstream[name]
        wanted = {name: value for name, value in self.inputs.items() if value.requires_grad}
        gradients = torch.autograd.grad(
            list(outputs.values()), list(wanted.values()), list(upstream.values()))
        for name, gradient in zip(wanted, gradients):
            self.tensors["grad." + name] = gradient

    def write(self, folder):
        header = {"__metadata__": {
            "op": self.op, "attrs": json.dumps(self.attrs),
            "rtol": repr(self.rtol), "atol": repr(self.atol)}}
        data = b""
        for name in sorted(self.tensors, key=lambda n: (self.tensors[n].is_floating_point(), n)):
            value = self.tensors[name].detach().contiguous()
            dtype, code = ("F32", "f") if value.is_floating_point() else ("I64", "q")
            raw = struct.pack(f"<{value.numel()}{code}", *value.flatten().tolist())
            header[name] = {"dtype": dtype, "shape": list(value.shape),
                            "data_offsets": [len(data), len(data) + len(raw)]}
            data += raw
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        path = folder / f"{self.name}.safetensors"
        path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def convolutions():
    shapes = [  # name, x, weight, bias, stride, padding, dilation, groups
        ("pixel", (1, 1, 1, 1), (1, 1, 1, 1), True, (1, 1), (0, 0), (1, 1), 1),
        ("odd", (1, 3, 13, 11), (5, 3, 3, 3), True, (1, 1), (1, 1), (1, 1), 1),
        ("pointwise", (3, 7, 5, 5), (13, 7, 1, 1), False, (1, 1), (0, 0), (1, 1), 1),
        ("pointwise_strided", (2, 5, 7, 7), (6, 5, 1, 1), True, (2, 2), (0, 0), (1, 1), 1),
        ("depthwise", (1, 6, 7, 9), (6, 1, 3, 3), True, (2, 2), (1, 1), (1, 1), 6),
        ("groups", (2, 6, 7, 5), (9, 2, 3, 3), False, (1, 2), (1, 0), (1, 1), 3),
        ("dilated", (1, 2, 13, 9), (3, 2, 3, 3), True, (2, 1), (2, 0), (2, 3), 1),
        ("grouped_dilated", (2, 4, 9, 9), (8, 2, 3, 2), True, (1, 1), (3, 1), (3, 2), 2),
        ("whole", (4, 2, 5, 6), (3, 2, 5, 6), True, (1, 1), (0, 0), (1, 1), 1),
        ("wide_padding", (1, 2, 3, 3), (2, 2, 2, 2), False, (3, 3), (4, 4), (1, 1), 1),
    ]
    for name, x, weight, bias, stride, padding, dilation, groups in shapes:
        case = Case(f"conv2d.{name}", "conv2d", {
            "stride": stride, "padding": padding, "dilation": dilation, "groups": groups})
        x = case.input("x", case.normal(*x))
        w = case.input("weight", case.normal(*weight))
        b = case.input("bias", case.normal(weight[0])) if bias else None
        case.differentiate(y=F.conv2d(x, w, b, stride, padding, dilation, groups))
        yield case


def pooling():
    shapes = [  # name, x, kernel, stride, padding
        ("pixel", (1, 1, 1, 1), (1, 1), (1, 1), (0, 0)),
        ("remainder", (1, 3, 8, 11), (3, 2), (3, 3), (0, 0)),
        ("lopsided", (2, 13, 5, 7), (2, 3), (1, 2), (1, 1)),
        ("whole", (3, 2, 5, 4), (5, 4), (1, 1), (0, 0)),
    ]
    for name, shape, kernel, stride, padding in shapes:
        attrs = {"kernel": kernel, "stride": stride, "padding": padding}
        case = Case(f"max_pool2d.{name}", "max_pool2d", attrs)
        x = case.input("x", case.distinct(*shape))
        case.differentiate(y=F.max_pool2d(x, kernel, stride, padding))
        yield case
        for included in (True, False):
            how = "including" if included else "excluding"
            case = Case(f"avg_pool2d.{name}_{how}", "avg_pool2d",
                        {**attrs, "count_include_pad": included})
            x = case.input("x", case.normal(*shape))
            case.differentiate(y=F.avg_pool2d(
                x, kernel, stride, padding, count_include_pad=included))
            yield case
    case = Case("global_avg_pool2d.wide", "global_avg_pool2d")
    x = case.input("x", case.normal(1, 13, 1, 29))
    case.differentiate(y=x.mean((2, 3)))
    yield case


def products():
    for transpose_a, transpose_b, batch in [(True, True, ()), (True, False, (3,)), (False, True, (1,))]:
        case = Case(f"matmul.{int(transpose_a)}{int(transpose_b)}{len(batch)}", "matmul",
                    {"transpose_a": transpose_a, "transpose_b": transpose_b})
        a = case.input("a", case.normal(*batch, *((13, 1) if transpose_a else (1, 13))))
        b = case.input("b", case.normal(*batch, *((17, 13) if transpose_b else (13, 17))))
        left = a.transpose(-1, -2) if transpose_a else a
        right = b.transpose(-1, -2) if transpose_b else b
        case.differentiate(y=left @ right)
        yield case
    for name, x, bias in [("sequences", (2, 3, 13), True), ("no_bias", (1, 29), False)]:
        case = Case(f"linear.{name}", "linear")
        value = case.input("x", case.normal(*x))
        weight = case.input("weight", case.normal(7, x[-1]))
        b = case.input("bias", case.normal(7)) if bias else None
        case.differentiate(y=F.linear(value, weight, b))
        yield case


def elementwise():
    functions = {
        "identity": lambda x: x, "abs": torch.abs, "square": torch.square, "exp": torch.exp,
        "relu": F.relu, "leaky_relu": F.leaky_relu, "elu": F.elu, "selu": F.selu, "gelu": F.gelu,
        "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"), "silu": F.silu, "mish": F.mish,
        "softplus": F.softplus, "softsign": F.softsign, "sigmoid": torch.sigmoid,
        "hard_sigmoid": F.hardsigmoid, "tanh": torch.tanh, "hard_tanh": F.hardtanh,
        "gaussian": lambda x: torch.exp(-x * x),
    }
    for name, function in functions.items():
        case = Case(f"{name}.cube", name)
        x = case.input("x", case.normal(2, 1, 13, scale=2.0))
        case.differentiate(y=function(x))
        yield case
    operations = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div,
                  "maximum": torch.maximum, "minimum": torch.minimum}
    for name, operation in operations.items():
        case = Case(f"{name}.both_ways", name)
        a = case.input("a", case.normal(3, 1, 5))
        b = case.input("b", case.uniform(2, 1, 4, 1, low=0.5, high=2))
        case.differentiate(y=operation(a, b))
        yield case


def reductions():
    for name, axes, keep in [("last", [-1], True), ("two", [1, 3], False)]:
        for op in ("sum", "mean"):
            case = Case(f"{op}.{name}", op, {"axes": axes, "keep_dims": keep})
            x = case.input("x", case.normal(2, 3, 1, 7))
            case.differentiate(y=getattr(x, op)(axes, keep))
            yield case
    for axis in (0, -1):
        for op in ("softmax", "log_softmax"):
            case = Case(f"{op}.axis{axis}", op, {"axis": axis})
            x = case.input("x", case.normal(5, 3, 13, scale=3.0))
            case.differentiate(y=getattr(torch, op)(x, axis))
            yield case


def normalization():
    for name, shape, training in [("rows", (2, 3), True), ("one_image", (1, 13, 3, 5), True),
                                  ("one_row", (1, 5), False)]:
        case = Case(f"batch_norm.{name}", "batch_norm",
                    {"training": training, "momentum": 0.3, "eps": 1e-3}, 1e-3, 1e-4)
        channels = shape[1]
        x = case.input("x", case.normal(*shape))
        weight = case.input("weight", case.normal(channels))
        bias = case.input("bias", case.normal(channels))
        mean = case.input("running_mean", case.normal(channels), False)
        variance = case.input("running_var", case.uniform(channels, low=0.5, high=2), False)
        mean_after, variance_after = mean.clone(), variance.clone()
        y = F.batch_norm(x, mean_after, variance_after, weight, bias, training, 0.3, 1e-3)
        case.differentiate(y=y)
        case.output("running_mean", mean_after)
        case.output("running_var", variance_after)
        yield case
    for name, shape, over in [("sequences", (2, 3, 13), 1), ("two", (2, 3, 1, 5), 2)]:
        normalized = shape[len(shape) - over:]
        case = Case(f"layer_norm.{name}", "layer_norm",
                    {"normalized_shape": normalized, "eps": 1e-3}, 1e-3, 1e-4)
        x = case.input("x", case.normal(*shape))
        weight = case.input("weight", case.normal(*normalized))
        bias = case.input("bias", case.normal(*normalized))
        case.differentiate(y=F.layer_norm(x, normalized, weight, bias, 1e-3))
        yield case


def losses():
    elementwise_losses = {"mse": F.mse_loss, "l1": F.l1_loss}
    for op, loss in elementwise_losses.items():
        case = Case(f"{op}.sum", op, {"reduction": "sum"})
        x, target = case.input("x", case.normal(13)), case.input("target", case.normal(13), False)
        case.differentiate(y=loss(x, target, reduction="sum"))
        yield case
    case = Case("huber.wide", "huber", {"delta": 0.3})
    x, target = case.input("x", case.normal(2, 3, 5)), case.input("target", case.normal(2, 3, 5), False)
    case.differentiate(y=F.huber_loss(x, target, delta=0.3))
    yield case
    case = Case("binary_cross_entropy_with_logits.certain", "binary_cross_entropy_with_logits")
    logits = case.input("logits", case.normal(13, 1, scale=20.0))
    target = case.input("target", case.uniform(13, 1), False)
    case.differentiate(y=F.binary_cross_entropy_with_logits(logits, target))
    yield case
    for name, labels, smoothing in [("ignored", [2, -100, 0, -100, 12], 0.0),
                                    ("ignored_smooth", [2, -100, 0, -100, 12], 0.2),
                                    ("one", [0], 0.0)]:
        case = Case(f"cross_entropy.{name}", "cross_entropy", {"label_smoothing": smoothing})
        logits = case.input("logits", case.normal(len(labels), 13, scale=3.0))
        target = case.input("target", torch.tensor(labels))
        case.differentiate(y=F.cross_entropy(logits, target, label_smoothing=smoothing))
        yield case
    case = Case("embedding.flat", "embedding")
    indices = case.input("indices", case.integers(3, 17))
    weight = case.input("weight", case.normal(5, 1))
    case.differentiate(y=F.embedding(indices, weight))
    yield case


def recurrent():
    kinds = {"rnn_tanh": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    for op, kind in kinds.items():
        case = Case(f"{op}.one_step", op, {"hidden": 7, "layers": 3, "bidirectional": True}, 1e-3, 1e-4)
        network = kind(2, 7, 3, batch_first=True, bidirectional=True)
        x = case.input("x", case.normal(1, 1, 2))
        for name, weight in network.named_parameters():
            weight.requires_grad_(False)
            weight.copy_(case.normal(*weight.shape, scale=0.5))
        weights = {name: case.input(name, w) for name, w in network.named_parameters()}
        y, states = torch.func.functional_call(network, weights, (x,))
        case.differentiate(**({"y": y, "h_n": states[0], "c_n": states[1]} if op == "lstm"
                              else {"y": y, "h_n": states}))
        yield case


def optimizers():
    kinds = [
        ("sgd_decay", "sgd", torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.1}),
        ("rmsprop_momentum", "rmsprop", torch.optim.RMSprop,
         {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.05, "eps": 1e-3}),
        ("rmsprop_centered", "rmsprop", torch.optim.RMSprop, {"lr": 0.01, "centered": True}),
        ("adadelta_decay", "adadelta", torch.optim.Adadelta,
         {"lr": 0.5, "rho": 0.7, "eps": 1e-3, "weight_decay": 0.05}),
        ("adam_amsgrad_decay", "adam", torch.optim.Adam,
         {"lr": 0.01, "amsgrad": True, "weight_decay": 0.1}),
        ("adamw_amsgrad", "adamw", torch.optim.AdamW, {"lr": 0.01, "amsgrad": True}),
        ("nadam_decay", "nadam", torch.optim.NAdam,
         {"lr": 0.01, "betas": [0.8, 0.9], "eps": 1e-4, "weight_decay": 0.05, "momentum_decay": 0.1}),
    ]
    for name, op, kind, attrs in kinds:
        case = Case(f"optimizer.{name}", "optimizer", {"name": op, **attrs}, 1e-4, 1e-6)
        start = case.input("param", case.normal(129), False)
        grads = case.input("grads", case.normal(5, 129), False)
        parameter = torch.nn.Parameter(start.clone())
        optimizer = kind([parameter], **attrs)
        after = []
        for gradient in grads:
            parameter.grad = gradient.clone()
            optimizer.step()
            after.append(parameter.detach().clone())
        case.output("params", torch.stack(after))
        yield case
    for bound in (1.0, 50.0):
        case = Case(f"clip_grad_norm.three_{bound}", "clip_grad_norm", {"max_norm": bound})
        parameters = []
        for i, shape in enumerate([(13, 3), (), (2, 1, 5)]):
            gradient = case.input(f"g{i}", case.normal(*shape), False)
            parameters.append(torch.nn.Parameter(torch.zeros(shape)))
            parameters[-1].grad = gradient.clone()
        case.output("norm", torch.nn.utils.clip_grad_norm_(parameters, bound))
        for i, parameter in enumerate(parameters):
            case.output(f"g{i}", parameter.grad)
        yield case


def schedules():
    lr = torch.optim.lr_scheduler
    kinds = [
        ("step", lambda o: lr.StepLR(o, 1, 0.7), {"step_size": 1, "gamma": 0.7}),
        ("multi_step", lambda o: lr.MultiStepLR(o, [1, 2, 20], 0.5),
         {"milestones": [1, 2, 20], "gamma": 0.5}),
        ("cosine", lambda o: lr.CosineAnnealingLR(o, 40, 0.0), {"T_max": 40, "eta_min": 0.0}),
        ("linear", lambda o: lr.LinearLR(o, 1.0, 0.25, 30),
         {"start_factor": 1.0, "end_factor": 0.25, "total_iters": 30}),
        ("polynomial", lambda o: lr.PolynomialLR(o, 7, 0.5), {"total_iters": 7, "power": 0.5}),
        ("one_cycle", lambda o: lr.OneCycleLR(o, 0.2, 50), {"max_lr": 0.2, "total_steps": 50}),
    ]
    for name, make, attrs in kinds:
        case = Case(f"lr_schedule.{name}_2", "lr_schedule",
                    {"name": name, "base_lr": 0.3, **attrs}, 1e-5, 1e-7)
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3)
        schedule = make(optimizer)
        rates = []
        for _ in range(25):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        case.output("lr", torch.tensor(rates))
        yield case


def traces():
    case = Case("trace.small_cnn", "trace", {
        "model": "conv(2,4,3) tanh avgpool2 conv(4,5,2) silu maxpool2 flatten linear(3)",
        "optimizer": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True, "steps": 6}, 2e-3, 2e-4)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(2, 4, 3), torch.nn.Tanh(), torch.nn.AvgPool2d(2), torch.nn.Conv2d(4, 5, 2),
        torch.nn.SiLU(), torch.nn.MaxPool2d(2), torch.nn.Flatten(), torch.nn.Linear(20, 3))
    x = case.input("x", case.normal(3, 2, 13, 13), False)
    target = case.input("target", case.integers(3, 3))
    for name, weight in network.named_parameters():
        with torch.no_grad():
            weight.copy_(case.normal(*weight.shape, scale=0.3))
        case.input(name, weight.detach().clone(), False)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    values = []
    for _ in range(6):
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x), target)
        loss.backward()
        values.append(loss.detach())
        optimizer.step()
    case.output("losses", torch.stack(values))
    for name, weight in network.named_parameters():
        case.output(name, weight)
    yield case


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for make in (convolutions, pooling, products, elementwise, reductions, normalization, losses,
                 recurrent, optimizers, schedules, traces):
        for case in make():
            case.write(folder)
            names.append(f"{case.name}.safetensors\n")
    (folder / "index.txt").write_text("".join(sorted(names)))
    print(f"{len(names)} cases in {folder}, computed by PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()

"""PyTorch as a process that is measured: see dev.kiln.bench.driver.Driver for the protocol.

Arguments: cpu or cuda; eager, compiled or, on a GPU, graphs; then workload, exchange file, purpose (measure or check).
On a GPU everything is computed in float32, without TF32, as Kiln does.
"""

import json
import os
import sys
import time

import numpy
import torch
from torch import nn

PREFIX = "kiln-bench "
WARM_STEPS = 3  # before a step is recorded as a CUDA graph
DTYPES = {"F32": numpy.float32, "I64": numpy.int64}


def say(text):
    print(PREFIX + text, flush=True)


def read_safetensors(path):
    """Reads named tensors: a header's length, the header in JSON, then the data."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = numpy.frombuffer(data[begin:end], dtype=DTYPES[entry["dtype"]])
        tensors[name] = torch.from_numpy(array.copy()).reshape(entry["shape"])
    return tensors


class Named(nn.Module):
    """Layers under Kiln's names, and how they are applied."""

    def __init__(self, forward, **layers):
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name.removeprefix("_"), layer)
        self.apply_layers = forward

    def forward(self, *inputs):
        return self.apply_layers(self._modules, *inputs)


def vgg6bn():
    layers, channels = [], 3
    for out in (32, 64, 128):
        for _ in range(2):
            layers += [nn.Conv2d(channels, out, 3, padding=1), nn.BatchNorm2d(out), nn.ReLU()]
            channels = out
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(2048, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 10)]
    return nn.Sequential(*layers)


class BasicBlock(nn.Module):

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + shortcut)


class ResNet18(nn.Module):

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        channels = 64
        for i, out in enumerate((64, 128, 256, 512)):
            blocks = nn.Sequential(BasicBlock(channels, out, 1 if i == 0 else 2), BasicBlock(out, out, 1))
            self.add_module(f"layer{i + 1}", blocks)
            channels = out
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


def last_step(cell):
    def forward(layers, x):
        _, state = layers["0"](x)
        h = state[0] if isinstance(state, tuple) else state
        return layers["1"](h[-1])

    return Named(forward, _0=cell(28, 128, batch_first=True), _1=nn.Linear(128, 10))


def every_step(cell, hidden=256):
    def forward(layers, x):
        outputs, _ = layers["0"](x)
        return layers["1"](outputs)

    return Named(forward, _0=cell(65, hidden, num_layers=2, batch_first=True), _1=nn.Linear(hidden, 65))


def sequence_to_sequence():
    def forward(layers, letters, fed):
        _, state = layers["encoder"](layers["letters"](letters))
        outputs, _ = layers["decoder"](layers["phonemes"](fed), state)
        return layers["output"](outputs)

    return Named(
        forward,
        letters=nn.Embedding(40, 64), encoder=nn.GRU(64, 128, batch_first=True),
        phonemes=nn.Embedding(40, 64), decoder=nn.GRU(64, 128, batch_first=True),
        output=nn.Linear(128, 40))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


NETWORKS = {
    "mlp": lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)),
    "lenet-64": lenet,
    "lenet-256": lenet,
    "vgg6bn": vgg6bn,
    "resnet18": ResNet18,
    "rnn": lambda: last_step(nn.RNN),
    "gru": lambda: last_step(nn.GRU),
    "lstm": lambda: last_step(nn.LSTM),
    "char-lstm": lambda: every_step(nn.LSTM),
    "char-gru": lambda: every_step(nn.GRU),
    "seq2seq": sequence_to_sequence,
    "resnet18-256": ResNet18,
    "resnet18-1024": ResNet18,
    "char-lstm-1024": lambda: every_step(nn.LSTM, 1024),
    "char-gru-1024": lambda: every_step(nn.GRU, 1024),
}


class Training:

    def __init__(self, device, workload, exchange, purpose, mode):
        self.device = device
        self.free = torch.cuda.mem_get_info()[0] if device == "cuda" else 0
        self.network = NETWORKS[workload]()
        weights = {n[len("weight."):]: t for n, t in exchange.items() if n.startswith("weight.")}
        parameters = dict(self.network.named_parameters())
        if set(weights) != set(parameters):
            sys.exit(f"not the same parameters: {sorted(set(weights) ^ set(parameters))}")
        with torch.no_grad():
            for name, parameter in parameters.items():
                if parameter.shape != weights[name].shape:
                    sys.exit(f"{name} is {tuple(parameter.shape)}, not {tuple(weights[name].shape)}")
                parameter.copy_(weights[name])
        if purpose == "check":
            for module in self.network.modules():
                if isinstance(module, nn.Dropout):
                    module.p = 0.0
        self.network.to(device)
        exchange = {name: tensor.to(device) for name, tensor in exchange.items()}
        self.parameters = sum(p.numel() for p in parameters.values())
        if workload == "seq2seq":
            self.inputs = [exchange["batch.letters"], exchange["batch.fed"]]
            self.labels = exchange["batch.phonemes"].flatten()
        else:
            self.inputs = [exchange["batch.features"]]
            self.labels = exchange["batch.labels"].flatten()
        # The fused update is PyTorch's fastest; its default makes one pass per parameter and operation.
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), lr=0.001, fused=True, capturable=mode == "graphs")
        self.loss_function = nn.CrossEntropyLoss()
        self.forward = torch.compile(self.compute_loss) if mode == "compiled" else self.compute_loss

        self.steps = 0
        self.graph = torch.cuda.CUDAGraph() if mode == "graphs" else None

    def compute_loss(self):
        logits = self.network(*self.inputs)
        return self.loss_function(logits.reshape(-1, logits.shape[-1]), self.labels)

    def step(self):
        self.steps += 1
        if self.graph is None:
            self.compute_step()
        elif self.steps <= WARM_STEPS:
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                self.compute_step()
            torch.cuda.current_stream().wait_stream(side)
        else:
            if self.steps == WARM_STEPS + 1:
                self.optimizer.zero_grad()
                with torch.cuda.graph(self.graph):
                    self.compute_step()
            self.graph.replay()

    def compute_step(self):
        self.optimizer.zero_grad()
        self.loss = self.forward()
        self.loss.backward()
        self.optimizer.step()

    def synchronize(self):
        if self.device == "cuda":
            torch.cuda.synchronize()

    def device_bytes(self):
        return self.free - torch.cuda.mem_get_info()[0] if self.device == "cuda" else 0

    def run(self, seconds):
        self.synchronize()
        begin = now = time.perf_counter()
        steps = 0
        while now < begin + seconds:
            self.step()
            steps += 1
            now = time.perf_counter()
        self.synchronize()
        now = time.perf_counter()
        say(f"ran {steps} {now - begin}")


def main(device, mode, workload, exchange, purpose):
    threads = int(os.environ["OMP_NUM_THREADS"])
    torch.set_num_threads(threads)
    on = f"{threads} threads"
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = True
        on = f"{torch.cuda.get_device_name()}, CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"
    say(f"version PyTorch {torch.__version__} {mode}, {on}, Python {sys.version.split()[0]}")
    training = Training(device, workload, read_safetensors(exchange), purpose, mode)
    say(f"parameters {training.parameters}")
    for line in sys.stdin:
        words = line.split()
        if words[0] == "step":
            training.step()
            say(f"loss {training.loss.item()!r}")
        elif words[0] == "memory":
            say(f"memory {training.device_bytes()} 0")
        elif words[0] == "run":
            training.run(float(words[1]))
        else:
            sys.exit(f"a driver cannot do this: {line}")


if __name__ == "__main__":
    main(*sys.argv[1:])

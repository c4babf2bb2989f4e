"""Writes the state dicts of three small PyTorch networks with an example each, as safetensors.

Run with PyTorch installed: python3 recurrent_fixtures.py ../resources/dev/kiln/cpu/nn
"""

import json
import pathlib
import struct
import sys

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Network(nn.Module):
    """A recurrent stack over sequences of different lengths, and logits for every step."""

    def __init__(self, stack):
        super().__init__()
        self.rnn = stack
        directions = 2 if stack.bidirectional else 1
        self.out = nn.Linear(directions * stack.hidden_size, 2)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        outputs, last = self.rnn(packed)
        y, _ = pad_packed_sequence(outputs, batch_first=True, total_length=x.shape[1])
        return self.out(y), last[0] if isinstance(last, tuple) else last


def write(path, tensors):
    kinds = {torch.float32: ("F32", "f"), torch.int64: ("I64", "q")}
    header, data = {}, b""
    for name, tensor in tensors.items():
        kind, code = kinds[tensor.dtype]
        values = struct.pack(f"<{tensor.numel()}{code}", *tensor.flatten().tolist())
        offsets = [len(data), len(data) + len(values)]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": offsets}
        data += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    torch.manual_seed(1)
    folder = pathlib.Path(sys.argv[1])
    stacks = {
        "rnn": nn.RNN(3, 4, batch_first=True),
        "lstm": nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True),
        "gru": nn.GRU(3, 4, num_layers=3, batch_first=True),
    }
    for name, stack in stacks.items():
        network = Network(stack)
        x = torch.randn(3, 5, 3)
        lengths = torch.tensor([5, 1, 3])
        with torch.no_grad():
            logits, last = network(x, lengths)
        example = {"x": x, "lengths": lengths, "logits": logits, "last": last}
        tensors = dict(network.state_dict())
        tensors.update({f"example.{key}": value for key, value in example.items()})
        write(folder / f"pytorch-{name}.safetensors", tensors)


main()

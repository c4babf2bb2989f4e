package dev.kiln.models.zoo;

import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Fan;
import dev.kiln.nn.Gain;
import dev.kiln.nn.GlobalAveragePool2d;
import dev.kiln.nn.Initializers;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Scope;
import dev.kiln.nn.Sequential;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;

/**
 * ResNet-18 in its form for CIFAR (He et al. 2015, section 4.2, with the widths of ResNet-18):
 * images [N, C, H, W] to logits [N, classes]. A 3x3 stem of 64 filters, four stages of two basic
 * blocks of 64, 128, 256 and 512 filters, each stage after the first halving the image, a global
 * average pool, and a linear layer. Parameters are named as in torchvision, whose ResNet-18 differs
 * in its stem.
 *
 * @param classes the number of classes
 */
record ResNet18(int classes) implements Layer {

  @Override
  public Value apply(Scope scope, Value x) {
    Value y = scope.child("conv1", convolution(64, 3, 1), x);
    y = scope.child("bn1", BatchNorm.of(), y);
    y = scope.ops().relu(y);
    y = scope.child("layer1", stage(64, 1), y);
    y = scope.child("layer2", stage(128, 2), y);
    y = scope.child("layer3", stage(256, 2), y);
    y = scope.child("layer4", stage(512, 2), y);
    y = scope.child("avgpool", new GlobalAveragePool2d(), y);
    return scope.child("fc", Linear.of(classes), y);
  }

  private static Layer stage(int channels, int stride) {
    return Sequential.of(new BasicBlock(channels, stride), new BasicBlock(channels, 1));
  }

  /** A square convolution without bias, padded so that only the stride changes the image's size. */
  private static Conv2d convolution(int channels, int kernel, int stride) {
    return Conv2d.of(channels, kernel)
        .withStride(stride)
        .withPadding(kernel / 2)
        .withoutBias()
        .withWeight(Initializers.kaimingNormal(Fan.OUT, Gain.of(Unary.RELU)));
  }

  /**
   * Two 3x3 convolutions with a shortcut around them, which is projected by a 1x1 convolution where
   * the shape changes.
   */
  private record BasicBlock(int channels, int stride) implements Layer {

    @Override
    public Value apply(Scope scope, Value x) {
      Value y = scope.child("conv1", convolution(channels, 3, stride), x);
      y = scope.child("bn1", BatchNorm.of(), y);
      y = scope.ops().relu(y);
      y = scope.child("conv2", convolution(channels, 3, 1), y);
      y = scope.child("bn2", BatchNorm.of(), y);
      Value shortcut = y.shape().equals(x.shape()) ? x : scope.child("downsample", projection(), x);
      return scope.ops().relu(scope.ops().add(y, shortcut));
    }

    private Layer projection() {
      return Sequential.of(convolution(channels, 1, stride), BatchNorm.of());
    }
  }
}

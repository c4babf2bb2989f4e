package dev.kiln.cpu.reference;

import dev.kiln.op.Conv2d;
import dev.kiln.tensor.Shape;

/**
 * The sizes of a convolution and where its elements lie.
 *
 * @param batch N
 * @param channels C, of the image
 * @param filters O, the channels of the result
 * @param groups into how many independent convolutions the channels are divided
 * @param kernelRows kH
 * @param kernelColumns kW
 * @param rows the windows along H
 * @param columns the windows along W
 */
record ConvolutionShape(
    int batch,
    int channels,
    int filters,
    int groups,
    int kernelRows,
    int kernelColumns,
    SlidingAxis rows,
    SlidingAxis columns) {

  /** Returns the sizes for an image [N, C, H, W], filters [O, C / groups, kH, kW] and a result. */
  static ConvolutionShape of(Conv2d conv, Shape x, Shape weight, Shape y) {
    return new ConvolutionShape(
        x.dim(0),
        x.dim(1),
        y.dim(1),
        conv.groups(),
        weight.dim(2),
        weight.dim(3),
        new SlidingAxis(
            x.dim(2),
            y.dim(2),
            conv.stride().height(),
            conv.padding().height(),
            conv.dilation().height()),
        new SlidingAxis(
            x.dim(3),
            y.dim(3),
            conv.stride().width(),
            conv.padding().width(),
            conv.dilation().width()));
  }

  int groupChannels() {
    return channels / groups;
  }

  /** Returns the first image channel that a filter sees. */
  int firstChannel(int filter) {
    return filter / (filters / groups) * groupChannels();
  }

  /** Returns the elements of one image. */
  int imageSize() {
    return Math.toIntExact((long) channels * rows.in() * columns.in());
  }

  /** Returns the elements of one channel of the result. */
  int planeSize() {
    return Math.multiplyExact(rows.out(), columns.out());
  }

  /** Returns the elements of one result. */
  int resultSize() {
    return Math.multiplyExact(filters, planeSize());
  }

  /** Returns the position of a tap in the filters. */
  int weightAt(int filter, int groupChannel, int tapRow, int tapColumn) {
    int row = (filter * groupChannels() + groupChannel) * kernelRows + tapRow;
    return row * kernelColumns + tapColumn;
  }

  /**
   * Returns the position in an image of what the first output of a row would see through a tap; it
   * is only a base to count from, since that output may see padding.
   */
  int imageAt(int channel, int outputRow, int tapRow, int tapColumn) {
    int row = channel * rows.in() + rows.input(outputRow, tapRow);
    return row * columns.in() + columns.input(0, tapColumn);
  }
}

package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Conv2d;
import dev.kiln.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Conv2d} in plain Java: every tap of every filter adds its rows of the image to the rows of
 * the result. The outermost loop is over the images, the innermost along a row.
 */
record ReferenceConv2d(Conv2d conv, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    return new Correlation(
        ConvolutionShape.of(
            conv, inputs.get(0).shape(), inputs.get(1).shape(), outputs.get(0).shape()),
        inputs.get(0),
        inputs.get(1),
        inputs.size() == 3 ? inputs.get(2) : null,
        outputs.get(0));
  }

  private static final class Correlation implements Kernel {
    private final ConvolutionShape shape;
    private final Tensor x;
    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final Tensor y;
    private final double[] image;
    private final double[] filters;
    private final double[] plane;

    Correlation(ConvolutionShape shape, Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y) {
      this.shape = shape;
      this.x = x;
      this.weight = weight;
      this.bias = bias;
      this.y = y;
      this.image = new double[shape.imageSize()];
      this.filters = Elements.arrayFor(weight);
      this.plane = new double[shape.planeSize()];
    }

    @Override
    public void run() {
      Elements.load(weight, filters);
      for (int n = 0; n < shape.batch(); n++) {
        Elements.load(x, (long) n * image.length, image, image.length);
        for (int filter = 0; filter < shape.filters(); filter++) {
          Arrays.fill(plane, bias == null ? 0 : bias.get(filter));
          for (int channel = 0; channel < shape.groupChannels(); channel++) {
            addChannel(filter, channel);
          }
          long at = ((long) n * shape.filters() + filter) * plane.length;
          Elements.store(plane, y, at, plane.length);
        }
      }
    }

    private void addChannel(int filter, int groupChannel) {
      int channel = shape.firstChannel(filter) + groupChannel;
      for (int tapRow = 0; tapRow < shape.kernelRows(); tapRow++) {
        for (int tapColumn = 0; tapColumn < shape.kernelColumns(); tapColumn++) {
          double tap = filters[shape.weightAt(filter, groupChannel, tapRow, tapColumn)];
          addTap(tap, channel, tapRow, tapColumn);
        }
      }
    }

    /** {@code y[row, column] += tap * x[what the window at (row, column) sees through the tap]}. */
    private void addTap(double tap, int channel, int tapRow, int tapColumn) {
      int first = shape.columns().firstOutput(tapColumn);
      int end = shape.columns().endOutput(tapColumn);
      int stride = shape.columns().stride();
      for (int row = shape.rows().firstOutput(tapRow);
          row < shape.rows().endOutput(tapRow);
          row++) {
        int from = shape.imageAt(channel, row, tapRow, tapColumn);
        int to = row * shape.columns().out();
        if (stride == 1) { // apart, since only neighbours load as a vector
          for (int column = first; column < end; column++) {
            plane[to + column] += tap * image[from + column];
          }
        } else {
          for (int column = first; column < end; column++) {
            plane[to + column] += tap * image[from + column * stride];
          }
        }
      }
    }
  }

  /** {@link Conv2d.InputGrad} in plain Java: every tap spreads the rows of dy over dx. */
  record InputGrad(Conv2d.InputGrad grad, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      return new Spreading(
          ConvolutionShape.of(
              grad.conv(), grad.input(), inputs.get(1).shape(), inputs.get(0).shape()),
          inputs.get(0),
          inputs.get(1),
          outputs.get(0));
    }

    private static final class Spreading implements Kernel {
      private final ConvolutionShape shape;
      private final Tensor dy;
      private final Tensor weight;
      private final Tensor dx;
      private final double[] image;
      private final double[] filters;
      private final double[] plane;

      Spreading(ConvolutionShape shape, Tensor dy, Tensor weight, Tensor dx) {
        this.shape = shape;
        this.dy = dy;
        this.weight = weight;
        this.dx = dx;
        this.image = new double[shape.imageSize()];
        this.filters = Elements.arrayFor(weight);
        this.plane = new double[shape.planeSize()];
      }

      @Override
      public void run() {
        Elements.load(weight, filters);
        for (int n = 0; n < shape.batch(); n++) {
          Arrays.fill(image, 0);
          for (int filter = 0; filter < shape.filters(); filter++) {
            long at = ((long) n * shape.filters() + filter) * plane.length;
            Elements.load(dy, at, plane, plane.length);
            for (int channel = 0; channel < shape.groupChannels(); channel++) {
              addChannel(filter, channel);
            }
          }
          Elements.store(image, dx, (long) n * image.length, image.length);
        }
      }

      private void addChannel(int filter, int groupChannel) {
        int channel = shape.firstChannel(filter) + groupChannel;
        for (int tapRow = 0; tapRow < shape.kernelRows(); tapRow++) {
          for (int tapColumn = 0; tapColumn < shape.kernelColumns(); tapColumn++) {
            double tap = filters[shape.weightAt(filter, groupChannel, tapRow, tapColumn)];
            addTap(tap, channel, tapRow, tapColumn);
          }
        }
      }

      private void addTap(double tap, int channel, int tapRow, int tapColumn) {
        int first = shape.columns().firstOutput(tapColumn);
        int end = shape.columns().endOutput(tapColumn);
        int stride = shape.columns().stride();
        for (int row = shape.rows().firstOutput(tapRow);
            row < shape.rows().endOutput(tapRow);
            row++) {
          int to = shape.imageAt(channel, row, tapRow, tapColumn);
          int from = row * shape.columns().out();
          if (stride == 1) {
            for (int column = first; column < end; column++) {
              image[to + column] += tap * plane[from + column];
            }
          } else {
            for (int column = first; column < end; column++) {
              image[to + column * stride] += tap * plane[from + column];
            }
          }
        }
      }
    }
  }

  /**
   * {@link Conv2d.WeightGrad} in plain Java: every tap gathers the products of x and dy it made.
   */
  record WeightGrad(Conv2d.WeightGrad grad, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      return new Gathering(
          ConvolutionShape.of(
              grad.conv(), inputs.get(0).shape(), grad.weight(), inputs.get(1).shape()),
          inputs.get(0),
          inputs.get(1),
          outputs.get(0),
          grad.bias() ? outputs.get(1) : null);
    }

    private static final class Gathering implements Kernel {
      private final ConvolutionShape shape;
      private final Tensor x;
      private final Tensor dy;
      private final Tensor dweight;
      private final @Nullable Tensor dbias;
      private final double[] image;
      private final double[] plane;
      private final double[] filterSums;
      private final double[] biasSums;

      Gathering(
          ConvolutionShape shape, Tensor x, Tensor dy, Tensor dweight, @Nullable Tensor dbias) {
        this.shape = shape;
        this.x = x;
        this.dy = dy;
        this.dweight = dweight;
        this.dbias = dbias;
        this.image = new double[shape.imageSize()];
        this.plane = new double[shape.planeSize()];
        this.filterSums = Elements.arrayFor(dweight);
        this.biasSums = new double[shape.filters()];
      }

      @Override
      public void run() {
        Arrays.fill(filterSums, 0);
        Arrays.fill(biasSums, 0);
        for (int n = 0; n < shape.batch(); n++) {
          Elements.load(x, (long) n * image.length, image, image.length);
          for (int filter = 0; filter < shape.filters(); filter++) {
            long at = ((long) n * shape.filters() + filter) * plane.length;
            Elements.load(dy, at, plane, plane.length);
            for (int channel = 0; channel < shape.groupChannels(); channel++) {
              addChannel(filter, channel);
            }
            for (double upstream : plane) {
              biasSums[filter] += upstream;
            }
          }
        }
        Elements.store(filterSums, dweight);
        if (dbias != null) {
          Elements.store(biasSums, dbias);
        }
      }

      private void addChannel(int filter, int groupChannel) {
        int channel = shape.firstChannel(filter) + groupChannel;
        for (int tapRow = 0; tapRow < shape.kernelRows(); tapRow++) {
          for (int tapColumn = 0; tapColumn < shape.kernelColumns(); tapColumn++) {
            filterSums[shape.weightAt(filter, groupChannel, tapRow, tapColumn)] +=
                gather(channel, tapRow, tapColumn);
          }
        }
      }

      private double gather(int channel, int tapRow, int tapColumn) {
        int first = shape.columns().firstOutput(tapColumn);
        int end = shape.columns().endOutput(tapColumn);
        int stride = shape.columns().stride();
        double sum = 0;
        for (int row = shape.rows().firstOutput(tapRow);
            row < shape.rows().endOutput(tapRow);
            row++) {
          int from = shape.imageAt(channel, row, tapRow, tapColumn);
          int at = row * shape.columns().out();
          double rowSum = 0; // sums of rows do not wait for each other
          for (int column = first; column < end; column++) {
            rowSum += plane[at + column] * image[from + column * stride];
          }
          sum += rowSum;
        }
        return sum;
      }
    }
  }
}

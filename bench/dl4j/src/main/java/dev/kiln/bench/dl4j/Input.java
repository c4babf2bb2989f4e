package dev.kiln.bench.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** How a batch has to lie for Deeplearning4j, which takes labels as one-hot vectors. */
enum Input {
  /** Images [N, C, H, W]. */
  IMAGES {
    @Override
    DataSet batch(INDArray features, INDArray labels) {
      return new DataSet(features, oneHot(labels, 10));
    }
  },
  /** Images as flat rows [N, features]. */
  FLAT {
    @Override
    DataSet batch(INDArray features, INDArray labels) {
      return new DataSet(features.reshape(features.size(0), -1), oneHot(labels, 10));
    }
  },
  /** Sequences [N, features, T] with one label each. */
  SEQUENCES {
    @Override
    DataSet batch(INDArray features, INDArray labels) {
      return new DataSet(features.permute(0, 2, 1).dup('f'), oneHot(labels, 10));
    }
  },
  /** Sequences of characters [N, 65, T] with a label for each step. */
  CHARACTERS {
    @Override
    DataSet batch(INDArray features, INDArray labels) {
      long rows = labels.size(0);
      long steps = labels.size(1);
      INDArray expected = oneHot(labels.reshape(rows * steps), 65).reshape(rows, steps, 65);
      return new DataSet(features.permute(0, 2, 1).dup('f'), expected.permute(0, 2, 1).dup('f'));
    }
  };

  abstract DataSet batch(INDArray features, INDArray labels);

  private static INDArray oneHot(INDArray labels, int classes) {
    INDArray vectors = Nd4j.zeros(labels.length(), classes);
    for (long i = 0; i < labels.length(); i++) {
      vectors.putScalar(i, labels.getLong(i), 1);
    }
    return vectors;
  }
}

/** Event files for TensorBoard: records framed as TFRecords that hold Event messages. */
@NullMarked
package dev.kiln.tensorboard;

import org.jspecify.annotations.NullMarked;

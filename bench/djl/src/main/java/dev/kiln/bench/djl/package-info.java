/** DJL with its PyTorch engine as a process that is measured. */
@NullMarked
package dev.kiln.bench.djl;

import org.jspecify.annotations.NullMarked;

/** How the learning rate changes with the steps. Formulas and defaults are PyTorch's. */
@NullMarked
package dev.kiln.train.schedule;

import org.jspecify.annotations.NullMarked;

/** What is trained when frameworks are compared: networks, batches and shapes. */
@NullMarked
package dev.kiln.bench.workload;

import org.jspecify.annotations.NullMarked;

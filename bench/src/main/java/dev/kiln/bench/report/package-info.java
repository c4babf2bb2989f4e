/** The results for people and for programs, and the machine they were measured on. */
@NullMarked
package dev.kiln.bench.report;

import org.jspecify.annotations.NullMarked;

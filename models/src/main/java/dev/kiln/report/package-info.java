/**
 * Pages that show how good a trained model is: plain data in, one self-contained HTML file or the
 * pictures of its charts out.
 */
@NullMarked
package dev.kiln.report;

import org.jspecify.annotations.NullMarked;

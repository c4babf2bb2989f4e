/**
 * The kinds of problem that a network is trained for: what a data set poses, what a model of the
 * zoo must take, how it is judged, and how a prediction is asked for and shown.
 */
@NullMarked
package dev.kiln.models.task;

import org.jspecify.annotations.NullMarked;

/**
 * Where the time of a training goes: every step, every wait for data and every node, as events of
 * the JDK's flight recorder, as a table, and as a file of trace events.
 */
@NullMarked
package dev.kiln.profile;

import org.jspecify.annotations.NullMarked;

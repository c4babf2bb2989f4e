/**
 * The fast CPU backend: oneDNN primitives, created once and called straight through {@link
 * java.lang.foreign}, and parallel loops for the few operations oneDNN has no good primitive for.
 * Names tell the families, from what depends on nothing to what sees all:
 *
 * <ul>
 *   <li>{@code Dnnl*}, {@code Native*}, {@code OpenMpTeam}: the functions of oneDNN and of its
 *       threads, the library file, and the scope that frees native objects.
 *   <li>{@code MemoryDesc}, {@code PrimitiveDesc}, {@code Attributes}, {@code PostOps}, {@code
 *       Argument}, {@code PrimitiveOp}, {@code PrimitiveSequence}, {@code Workspace}: oneDNN's
 *       nouns, and an operation made of one primitive or several.
 *   <li>{@code OneDnn*}: an operation of Kiln by primitives, named as its spec.
 *   <li>{@code Parallel*}, {@code Row*}, {@code ElementFormula}: operations by loops of this
 *       package's own, on oneDNN's threads; {@code *Tile}: the formulas of the optimizers, for
 *       {@code ParallelOptimizerStep}.
 *   <li>{@code OneDnnRnn*}, {@code Rnn*}: recurrent stacks by oneDNN's RNN primitive, one for each
 *       thread, where all sequences have one length and there are enough of them; {@code
 *       OneDnnRecurrent*}, {@code Recurrent*}, {@code Cell*}, {@code Turn*}: all others, composed
 *       of products and loops over the cells.
 *   <li>{@code Fused}, {@code NormRelu} and their fusions, {@code PreferredLayouts}: how a graph is
 *       rewritten before it is planned.
 *   <li>{@code OneDnnOps}: which of these computes an operation.
 *   <li>{@code OneDnnBackend}, {@code OneDnnProvider}: what the rest of Kiln sees.
 * </ul>
 */
@NullMarked
package dev.kiln.cpu.onednn;

import org.jspecify.annotations.NullMarked;

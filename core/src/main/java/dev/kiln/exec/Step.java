package dev.kiln.exec;

import dev.kiln.backend.Op;
import dev.kiln.graph.Node;
import java.util.List;

/**
 * One operation of a plan: the node, what runs it, and where its operands lie.
 *
 * @param node the node of the lowered graph
 * @param op what runs it
 * @param inputs where its inputs lie
 * @param outputs where its outputs lie
 * @param workspace where its scratch memory lies, possibly empty
 */
public record Step(
    Node node, Op op, List<Placement> inputs, List<Placement> outputs, Placement workspace) {}

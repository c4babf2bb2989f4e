package dev.kiln.bench.dl4j;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/**
 * A network of Deeplearning4j, and where its weights come from.
 *
 * @param configuration the network
 * @param input how it is fed
 * @param weights every weight it learns
 */
record NamedGraph(ComputationGraphConfiguration configuration, Input input, List<Weight> weights) {}

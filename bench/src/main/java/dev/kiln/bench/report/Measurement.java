package dev.kiln.bench.report;

import java.util.OptionalLong;

/**
 * What was measured of a peer on a workload.
 *
 * @param peer the peer's name
 * @param version what it says that it is
 * @param parameters the learned numbers of its network
 * @param sameness whether its network is Kiln's
 * @param samplesPerSecond its speed in every turn
 * @param disturbance which share of the processors other programs had in every turn
 * @param peakBytes the most memory it has had: of the GPU, if it trains on one, else its process
 * @param plannedBytes the memory that was foretold for the training
 * @param startSeconds from the start of its process to the end of its first step
 */
public record Measurement(
    String peer,
    String version,
    long parameters,
    Sameness sameness,
    Series samplesPerSecond,
    Series disturbance,
    OptionalLong peakBytes,
    OptionalLong plannedBytes,
    double startSeconds) {}

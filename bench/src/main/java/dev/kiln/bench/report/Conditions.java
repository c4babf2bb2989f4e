package dev.kiln.bench.report;

/**
 * How it is measured.
 *
 * @param threads the threads of every peer
 * @param seconds the length of a turn
 * @param rounds how often each peer has its turn
 */
public record Conditions(int threads, double seconds, int rounds) {}

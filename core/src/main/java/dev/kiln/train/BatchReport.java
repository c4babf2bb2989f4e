package dev.kiln.train;

/**
 * What happened in one batch.
 *
 * @param epoch the epoch, from 0
 * @param batch the batch in the epoch, from 0
 * @param batchesPerEpoch how many batches an epoch has
 * @param samples the samples of the batch
 * @param loss its loss before the update
 * @param meanLoss the mean loss of the epoch's samples so far
 * @param rate the learning rate it was trained with
 */
public record BatchReport(
    long epoch,
    int batch,
    int batchesPerEpoch,
    int samples,
    double loss,
    double meanLoss,
    double rate) {}

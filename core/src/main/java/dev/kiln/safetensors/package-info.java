/**
 * The safetensors file format: named tensors behind a JSON header, readable without running code.
 *
 * <p>Format: an unsigned little-endian 64-bit header length, the header (a JSON object from tensor
 * name to element type, shape and byte range, with string metadata under {@code __metadata__}),
 * then the tensors' little-endian row-major bytes, without holes or overlaps. See <a
 * href="https://huggingface.co/docs/safetensors">huggingface.co/docs/safetensors</a>.
 */
@NullMarked
package dev.kiln.safetensors;

import org.jspecify.annotations.NullMarked;

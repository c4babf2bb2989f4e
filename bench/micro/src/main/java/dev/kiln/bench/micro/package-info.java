/** Single operations under JMH. */
@NullMarked
package dev.kiln.bench.micro;

import org.jspecify.annotations.NullMarked;

//! Random bits by counting: a hash of a stream and a place, so that any part of a tensor can draw its own without the rest.

/// The random bits number `count` of a stream. The mixing is that of Wellons' `lowbias32`, which flips each bit of the result for
/// half of the changes of any input bit.
#[inline(always)]
pub fn bits(stream: u64, count: u32) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    let (low, high) = (stream as u32, (stream >> 32) as u32);
    let mut bits = count.wrapping_mul(0x9e37_79b9) ^ low;
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x7feb_352d);
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x846c_a68b);
    bits ^= high;
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x7feb_352d);
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x846c_a68b);
    bits ^ (bits >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_even_and_streams_unrelated() {
        let count = 100_000;
        let ones = |stream| (0..count).map(|i| bits(stream, i).count_ones()).sum::<u32>();
        let expected = f64::from(count) * 16.0;
        let deviation = (f64::from(count) * 8.0).sqrt();
        for stream in [0, 1, 2, 1 << 32, 3 << 32, u64::MAX] {
            assert!((f64::from(ones(stream)) - expected).abs() < 5.0 * deviation, "stream {stream}");
            let agreeing: u32 = (0..count).map(|i| (!(bits(stream, i) ^ bits(stream ^ 5, i))).count_ones()).sum();
            assert!((f64::from(agreeing) - expected).abs() < 5.0 * deviation, "streams {stream} and {}", stream ^ 5);
        }
    }
}

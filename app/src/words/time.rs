//! The words for points and lengths of time.

use domain::Timestamp;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// When something that is due will happen.
pub(crate) fn until(at: Timestamp, now: Timestamp) -> String {
    match at.millis_since(now) {
        left if left < SECOND => text!("when-now"),
        left => text!("when-in", duration = duration(left)),
    }
}

/// How much of a lease is left.
pub(crate) fn time_left(until: Timestamp, now: Timestamp) -> String {
    match until.millis_since(now) {
        left if left <= 0 => text!("time-up"),
        left => text!("time-left", duration = duration(left)),
    }
}

/// A length of time in its two largest units; the smaller one is left out
/// where it is nothing.
pub(crate) fn duration(millis: i64) -> String {
    let secs = millis.max(0) / SECOND;
    let (days, hours) = (secs / DAY, secs % DAY / HOUR);
    let (minutes, seconds) = (secs % HOUR / MINUTE, secs % MINUTE);
    match (days, hours, minutes, seconds) {
        (0, 0, 0, seconds) => text!("duration-seconds", seconds = seconds),
        (0, 0, minutes, 0) => text!("duration-minutes", minutes = minutes),
        (0, 0, minutes, seconds) => text!("duration-minutes-seconds", minutes = minutes, seconds = seconds),
        (0, hours, 0, _) => text!("duration-hours", hours = hours),
        (0, hours, minutes, _) => text!("duration-hours-minutes", hours = hours, minutes = minutes),
        (days, 0, _, _) => text!("duration-days", days = days),
        (days, hours, _, _) => text!("duration-days-hours", days = days, hours = hours),
    }
}

/// A length of time in its largest unit.
#[cfg(feature = "ssr")]
pub(crate) fn roughly(millis: i64) -> String {
    let unit = match millis / SECOND {
        secs if secs >= DAY => DAY,
        secs if secs >= HOUR => HOUR,
        secs if secs >= MINUTE => MINUTE,
        _ => 1,
    };
    duration(millis - millis % (unit * SECOND))
}

/// A point in time, as `2026-01-31 09:30:00 UTC`.
pub(crate) fn to_the_second(at: Timestamp) -> String {
    let written = at.to_string();
    let seconds = written.split('.').next().unwrap_or(&written);
    format!("{} UTC", seconds.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_said_in_its_two_largest_units() {
        for (secs, said) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (61, "1 min 1 s"),
            (3_600, "1 h"),
            (3_661, "1 h 1 min"),
            (86_399, "23 h 59 min"),
            (86_400, "1 d"),
            (7 * 86_400 + 5 * 3_600, "7 d 5 h"),
            (-5, "0 s"),
        ] {
            assert_eq!(duration(secs * 1_000), said, "{secs}");
        }
    }

    #[test]
    fn what_is_left_counts_down_to_nothing() {
        let now = Timestamp::from_millis(1_000_000);
        assert_eq!(time_left(now.plus_millis(90_000), now), "1 min 30 s left");
        assert_eq!(time_left(now, now), "time is up");
    }

    #[test]
    fn a_time_is_said_in_utc_to_the_second() {
        assert_eq!(to_the_second(Timestamp::from_millis(1_769_851_800_007)), "2026-01-31 09:30:00 UTC");
    }
}

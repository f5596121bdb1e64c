use std::fmt;

/// An enhanced status code (RFC 3463): class 2, 4 or 5, subject and detail of at most three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnhancedStatus {
    pub class: u8,
    pub subject: u16,
    pub detail: u16,
}

impl EnhancedStatus {
    /// The first code that stands in a text as a word of its own.
    pub fn find(text: &str) -> Option<Self> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.')
            .map(|word| word.trim_matches('.'))
            .find_map(Self::read)
    }

    fn read(word: &str) -> Option<Self> {
        let mut numbers = word.split('.');
        let mut number = || {
            let digits = numbers.next()?;
            if digits.len() > 3 {
                return None;
            }
            digits.parse::<u16>().ok()
        };
        let status = Self {
            class: u8::try_from(number()?).ok()?,
            subject: number()?,
            detail: number()?,
        };
        (numbers.next().is_none() && matches!(status.class, 2 | 4 | 5)).then_some(status)
    }

    /// It says nothing beyond its class and subject.
    pub fn is_vague(self) -> bool {
        self.detail == 0
    }
}

impl fmt::Display for EnhancedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_as_words_of_their_own() {
        let find = |text: &str| EnhancedStatus::find(text).map(|status| status.to_string());
        assert_eq!(find("5.1.1").as_deref(), Some("5.1.1"));
        assert_eq!(find("smtp; 550-5.7.26 refused").as_deref(), Some("5.7.26"));
        assert_eq!(find("452 (4.2.2).").as_deref(), Some("4.2.2"));
        for text in [
            "",
            "10.0.0.5",
            "192.168.1.1",
            "5.1",
            "3.1.1",
            "5.1.1.2",
            "5.1000.1",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}

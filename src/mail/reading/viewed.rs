//! Which view a letter opens in, and which of its texts is read for that.
use crate::mail::LetterView;

/// What decides on the view of a letter before anything is known of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct ViewWish {
    /// For this time.
    pub asked: Option<LetterView>,
    /// For every letter whose sender nothing was chosen for.
    pub setting: Option<LetterView>,
}

impl ViewWish {
    /// This time, whatever was chosen.
    pub fn for_once(view: LetterView) -> Self {
        Self {
            asked: Some(view),
            setting: None,
        }
    }
}

/// The view of one letter.
#[derive(Clone, Copy, Debug)]
pub struct Viewed {
    /// What was asked for, where the letter can be seen in more than one way.
    pub asked: Option<LetterView>,
    /// What is shown without being asked for.
    pub usual: LetterView,
}

impl Viewed {
    /// Of a letter that has nothing but text.
    pub(super) const TEXT: Self = Self {
        asked: None,
        usual: LetterView::Text,
    };

    /// What was asked for goes before what was chosen for the sender, that before the setting, and that before what
    /// `suits` the letter.
    pub(super) fn of(wish: ViewWish, chosen: Option<LetterView>, suits: LetterView) -> Self {
        Self {
            asked: wish.asked,
            usual: chosen.or(wish.setting).unwrap_or(suits),
        }
    }

    pub fn shown(self) -> LetterView {
        self.asked.unwrap_or(self.usual)
    }
}

/// Which of two texts that say the same (RFC 2046 §5.1.4) is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    Html,
    Plain,
    Both,
}

impl Reads {
    /// `chosen`: what was chosen for the sender.
    pub(super) fn of(wish: ViewWish, chosen: Option<LetterView>) -> Self {
        let usual = chosen.or(wish.setting);
        match (wish.asked.or(usual), usual) {
            // Only the HTML tells which view it would have without being asked.
            (Some(LetterView::Text), None) => Self::Both,
            (Some(LetterView::Text), Some(_)) => Self::Plain,
            _ => Self::Html,
        }
    }

    pub(super) fn html(self) -> bool {
        self != Self::Plain
    }

    pub(super) fn plain(self) -> bool {
        self != Self::Html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_choice_decides() {
        use LetterView::{Designed, Letter, Text};
        let wish = |asked, setting| ViewWish { asked, setting };
        for (wish, chosen, shown, usual, reads) in [
            (wish(None, None), None, Letter, Letter, Reads::Html),
            (wish(None, Some(Text)), None, Text, Text, Reads::Plain),
            (
                wish(None, Some(Text)),
                Some(Designed),
                Designed,
                Designed,
                Reads::Html,
            ),
            (wish(Some(Text), None), None, Text, Letter, Reads::Both),
            (
                wish(Some(Text), None),
                Some(Designed),
                Text,
                Designed,
                Reads::Plain,
            ),
            (
                wish(Some(Designed), Some(Text)),
                None,
                Designed,
                Text,
                Reads::Html,
            ),
        ] {
            let viewed = Viewed::of(wish, chosen, Letter);
            assert_eq!((viewed.shown(), viewed.usual), (shown, usual), "{wish:?}");
            assert_eq!(Reads::of(wish, chosen), reads, "{wish:?}");
        }
    }
}

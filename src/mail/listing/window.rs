/// One page of `total` rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mail) struct Window {
    /// From 1 to `pages`.
    pub page: u32,
    /// At least 1.
    pub pages: u32,
    /// Rows before this page.
    pub offset: u32,
    pub len: u32,
}

/// Page `page` (from 1; 0 counts as 1, past the end as the last) of `total` rows, `size` a page.
pub(super) fn window(total: u32, page: u32, size: u32) -> Window {
    let size = size.max(1);
    let pages = total.div_ceil(size).max(1);
    let page = page.clamp(1, pages);
    let offset = (page - 1) * size;
    Window {
        page,
        pages,
        offset,
        len: (total - offset).min(size),
    }
}

impl Window {
    /// Sequence numbers when row 1 is the newest message of `exists`; None of an empty mailbox.
    pub(super) fn newest_first(self, exists: u32) -> Option<(u32, u32)> {
        let last = exists.checked_sub(self.offset).filter(|_| self.len > 0)?;
        Some(((last + 1).saturating_sub(self.len).max(1), last))
    }

    /// Sequence numbers when row 1 is the oldest message.
    pub(super) fn oldest_first(self) -> Option<(u32, u32)> {
        (self.len > 0).then(|| (self.offset + 1, self.offset + self.len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_mailbox_is_page_one_of_one_without_rows() {
        let window = window(0, 7, 50);
        assert_eq!(
            window,
            Window {
                page: 1,
                pages: 1,
                offset: 0,
                len: 0
            }
        );
        assert_eq!(window.newest_first(0), None);
        assert_eq!(window.oldest_first(), None);
    }

    #[test]
    fn the_first_page_is_the_end_of_the_mailbox() {
        assert_eq!(window(120, 1, 50).newest_first(120), Some((71, 120)));
        assert_eq!(window(120, 2, 50).newest_first(120), Some((21, 70)));
    }

    #[test]
    fn a_page_past_the_end_is_the_last_and_may_be_short() {
        let last = window(120, 99, 50);
        assert_eq!((last.page, last.pages, last.len), (3, 3, 20));
        assert_eq!(last.newest_first(120), Some((1, 20)));
        assert_eq!(last.oldest_first(), Some((101, 120)));
    }

    #[test]
    fn page_zero_is_page_one() {
        assert_eq!(window(10, 0, 50), window(10, 1, 50));
    }

    proptest! {
        #[test]
        fn the_pages_cover_every_message_once(total in 0_u32..2000, size in 1_u32..100) {
            let mut next = total;
            for page in 1..=window(total, 1, size).pages {
                if let Some((first, last)) = window(total, page, size).newest_first(total) {
                    prop_assert_eq!(last, next);
                    prop_assert!(first >= 1 && first <= last);
                    next = first - 1;
                }
            }
            prop_assert_eq!(next, 0);
        }

        #[test]
        fn no_number_overflows(total: u32, page: u32, size: u32) {
            let window = window(total, page, size);
            prop_assert!(window.page >= 1 && window.page <= window.pages);
            prop_assert!(window.offset <= total && window.len <= total - window.offset);
        }
    }
}

use super::Folder;
use crate::imap::{Counts, Mailbox, MailboxName, Role};

/// Roles that stand above the tree, in this order.
const FIRST: [Role; 6] = [
    Role::Inbox,
    Role::Drafts,
    Role::Sent,
    Role::Archive,
    Role::Junk,
    Role::Trash,
];

/// The answer to one LIST: every name once, every role at most once.
#[derive(Clone, Debug)]
pub(in crate::mail) struct Mailboxes(Vec<Mailbox>);

impl Mailboxes {
    pub(in crate::mail) fn new(listed: Vec<Mailbox>) -> Self {
        let mut mailboxes: Vec<Mailbox> = Vec::with_capacity(listed.len() + 1);
        let mut names = std::collections::HashSet::with_capacity(listed.len() + 1);
        for mut mailbox in listed {
            if mailbox.name.is_inbox() {
                mailbox.role = Some(Role::Inbox);
            }
            if names.insert(mailbox.name.clone()) {
                mailboxes.push(mailbox);
            }
        }
        if !mailboxes.iter().any(|mailbox| mailbox.name.is_inbox()) {
            mailboxes.push(unlisted_inbox());
        }
        let mut mailboxes = Self(mailboxes);
        mailboxes.keep_one_of_each_role();
        mailboxes
    }

    /// Of several mailboxes with one role the one nearest to the root keeps it, then the first listed.
    fn keep_one_of_each_role(&mut self) {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by_key(|&index| (!self.0[index].name.is_inbox(), path(&self.0[index]).len()));
        let mut taken = Vec::with_capacity(8);
        for index in order {
            let mailbox = &mut self.0[index];
            match mailbox.role {
                Some(role) if mailbox.selectable && !taken.contains(&role) => taken.push(role),
                _ => mailbox.role = None,
            }
        }
    }

    pub(in crate::mail) fn iter(&self) -> impl Iterator<Item = &Mailbox> {
        self.0.iter()
    }

    pub(in crate::mail) fn get(&self, name: &MailboxName) -> Option<&Mailbox> {
        self.0.iter().find(|mailbox| same(&mailbox.name, name))
    }

    /// Where the server keeps everything under `\All` and has no archive (Gmail), that is the archive.
    pub(in crate::mail) fn for_role(&self, role: Role) -> Option<&Mailbox> {
        let with = |role| self.0.iter().find(|mailbox| mailbox.role == Some(role));
        match role {
            Role::Archive => with(Role::Archive).or_else(|| with(Role::All)),
            role => with(role),
        }
    }

    pub(in crate::mail) fn role_of(&self, name: &MailboxName) -> Option<Role> {
        self.get(name)?.role
    }

    /// Whether `name` is the mailbox of `role` or stands below it.
    pub(in crate::mail) fn is_within(&self, name: &MailboxName, role: Role) -> bool {
        let Some(root) = self.for_role(role) else {
            return false;
        };
        same(&root.name, name)
            || root.delimiter.is_some_and(|delimiter| {
                name.as_str()
                    .strip_prefix(root.name.as_str())
                    .is_some_and(|rest| rest.starts_with(delimiter))
            })
    }

    /// Names to try for a new mailbox of this role: where the account's folders are, else below INBOX,
    /// where servers with that namespace prefix allow them.
    pub(super) fn names_for_new(&self, role: Role) -> Vec<String> {
        let leaf = match role {
            Role::Inbox => "INBOX",
            Role::Drafts => "Drafts",
            Role::Sent => "Sent",
            Role::Archive | Role::All => "Archive",
            Role::Junk => "Junk",
            Role::Trash => "Trash",
            Role::Flagged => "Flagged",
        };
        let delimiter = self.0.iter().find_map(|mailbox| mailbox.delimiter);
        let below = delimiter.map(|delimiter| format!("INBOX{delimiter}{leaf}"));
        if self.all_below_inbox() {
            below.into_iter().chain([leaf.to_owned()]).collect()
        } else {
            [leaf.to_owned()].into_iter().chain(below).collect()
        }
    }

    /// The personal namespace is `INBOX.` (Courier, Cyrus): the prefix says nothing to a person.
    fn all_below_inbox(&self) -> bool {
        let mut others = self
            .0
            .iter()
            .filter(|mailbox| !mailbox.name.is_inbox())
            .peekable();
        others.peek().is_some()
            && others.all(|mailbox| {
                path(mailbox)
                    .first()
                    .is_some_and(|root| root.eq_ignore_ascii_case("INBOX"))
            })
    }

    pub(in crate::mail) fn folders(&self) -> Vec<Folder> {
        let prefix = usize::from(self.all_below_inbox());
        let mut folders: Vec<Folder> = FIRST
            .iter()
            .filter_map(|&role| self.0.iter().find(|mailbox| mailbox.role == Some(role)))
            .map(|mailbox| {
                folder(
                    mailbox,
                    path(mailbox).last().copied().unwrap_or_default().to_owned(),
                    0,
                )
            })
            .collect();
        folders.extend(self.tree(prefix));
        folders
    }

    fn tree(&self, prefix: usize) -> Vec<Folder> {
        let mut rest: Vec<(Vec<&str>, &Mailbox)> = self
            .0
            .iter()
            .filter(|mailbox| !mailbox.role.is_some_and(|role| FIRST.contains(&role)))
            .map(|mailbox| (path(mailbox).split_off(prefix), mailbox))
            .collect();
        rest.sort_by_cached_key(|(path, mailbox)| {
            (
                path.iter()
                    .map(|part| part.to_lowercase())
                    .collect::<Vec<_>>(),
                mailbox.name.clone(),
            )
        });
        drop_empty_parents(&mut rest);
        let mut parents: Vec<&[&str]> = Vec::new();
        let mut folders = Vec::with_capacity(rest.len());
        for (path, mailbox) in &rest {
            while parents
                .last()
                .is_some_and(|parent| !path.starts_with(parent))
            {
                parents.pop();
            }
            let own = &path[parents.last().map_or(0, |parent| parent.len())..];
            let delimiter = mailbox.delimiter.map(String::from).unwrap_or_default();
            folders.push(folder(mailbox, own.join(&delimiter), parents.len()));
            parents.push(path);
        }
        folders
    }
}

/// `\Noselect` mailboxes stay only as parents of something that can be opened. `sorted` by path.
fn drop_empty_parents(sorted: &mut Vec<(Vec<&str>, &Mailbox)>) {
    let mut next: Option<Vec<String>> = None;
    let mut kept: Vec<bool> = Vec::with_capacity(sorted.len());
    for (path, mailbox) in sorted.iter().rev() {
        let is_parent = next.as_ref().is_some_and(|next| {
            next.len() > path.len() && next.iter().zip(path.iter()).all(|(next, own)| next == own)
        });
        let keep = mailbox.selectable || is_parent;
        if keep {
            next = Some(path.iter().map(|part| (*part).to_owned()).collect());
        }
        kept.push(keep);
    }
    let mut kept = kept.into_iter().rev();
    sorted.retain(|_| kept.next().unwrap_or(true));
}

fn folder(mailbox: &Mailbox, leaf: String, depth: usize) -> Folder {
    Folder {
        name: mailbox.name.clone(),
        leaf,
        role: mailbox.role,
        depth,
        selectable: mailbox.selectable,
        counts: mailbox.counts.unwrap_or_default(),
    }
}

fn path(mailbox: &Mailbox) -> Vec<&str> {
    let name = mailbox.name.as_str();
    match mailbox.delimiter {
        Some(delimiter) => name.split(delimiter).collect(),
        None => vec![name],
    }
}

fn same(one: &MailboxName, other: &MailboxName) -> bool {
    one == other || (one.is_inbox() && other.is_inbox())
}

fn unlisted_inbox() -> Mailbox {
    Mailbox {
        name: MailboxName::inbox(),
        delimiter: None,
        role: Some(Role::Inbox),
        selectable: true,
        subscribed: true,
        has_children: false,
        counts: None::<Counts>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox(name: &str, delimiter: char, role: Option<Role>) -> Mailbox {
        let name = MailboxName::parse(name).unwrap();
        Mailbox {
            name,
            delimiter: Some(delimiter),
            role,
            selectable: true,
            subscribed: true,
            has_children: false,
            counts: None,
        }
    }

    fn shown(mailboxes: &Mailboxes) -> Vec<(String, usize)> {
        mailboxes
            .folders()
            .into_iter()
            .map(|folder| (folder.leaf, folder.depth))
            .collect()
    }

    fn expected(rows: &[(&str, usize)]) -> Vec<(String, usize)> {
        rows.iter()
            .map(|(leaf, depth)| ((*leaf).to_owned(), *depth))
            .collect()
    }

    #[test]
    fn roles_stand_first_and_the_rest_is_a_tree_in_name_order() {
        let mailboxes = Mailboxes::new(vec![
            mailbox("Work/b", '/', None),
            mailbox("Trash", '/', Some(Role::Trash)),
            mailbox("Work", '/', None),
            mailbox("INBOX", '/', None),
            mailbox("apple", '/', None),
            mailbox("Work-old", '/', None),
            mailbox("Sent", '/', Some(Role::Sent)),
            mailbox("Work/A/deep", '/', None),
        ]);
        let rows = [
            ("INBOX", 0),
            ("Sent", 0),
            ("Trash", 0),
            ("apple", 0),
            ("Work", 0),
            ("A/deep", 1),
            ("b", 1),
            ("Work-old", 0),
        ];
        assert_eq!(shown(&mailboxes), expected(&rows));
    }

    #[test]
    fn a_namespace_prefix_below_inbox_is_not_shown() {
        let mailboxes = Mailboxes::new(vec![
            mailbox("INBOX", '.', None),
            mailbox("INBOX.Sent", '.', Some(Role::Sent)),
            mailbox("INBOX.Clubs", '.', None),
            mailbox("INBOX.Clubs.Chess", '.', None),
        ]);
        assert_eq!(
            shown(&mailboxes),
            expected(&[("INBOX", 0), ("Sent", 0), ("Clubs", 0), ("Chess", 1)])
        );
        assert_eq!(
            mailboxes.names_for_new(Role::Trash),
            ["INBOX.Trash", "Trash"]
        );
    }

    #[test]
    fn a_folder_below_a_role_names_its_parent() {
        let mailboxes = Mailboxes::new(vec![
            mailbox("INBOX", '/', None),
            mailbox("Archive", '/', Some(Role::Archive)),
            mailbox("Archive/2024", '/', None),
            mailbox("Archive/2024/May", '/', None),
        ]);
        assert_eq!(
            shown(&mailboxes),
            expected(&[
                ("INBOX", 0),
                ("Archive", 0),
                ("Archive/2024", 0),
                ("May", 1)
            ])
        );
    }

    #[test]
    fn a_role_belongs_to_one_mailbox_only() {
        let mailboxes = Mailboxes::new(vec![
            mailbox("Old/Sent", '/', Some(Role::Sent)),
            mailbox("Sent", '/', Some(Role::Sent)),
            mailbox("Sent Messages", '/', Some(Role::Sent)),
        ]);
        assert_eq!(
            mailboxes
                .for_role(Role::Sent)
                .map(|mailbox| mailbox.name.as_str()),
            Some("Sent")
        );
        assert_eq!(
            mailboxes
                .iter()
                .filter(|mailbox| mailbox.role == Some(Role::Sent))
                .count(),
            1
        );
    }

    #[test]
    fn parents_that_cannot_be_opened_stay_and_empty_ones_go() {
        let mut parent = mailbox("Lists", '/', None);
        parent.selectable = false;
        let mut empty = mailbox("Nothing", '/', None);
        empty.selectable = false;
        let mailboxes = Mailboxes::new(vec![mailbox("Lists/rust", '/', None), empty, parent]);
        assert_eq!(
            shown(&mailboxes),
            expected(&[("INBOX", 0), ("Lists", 0), ("rust", 1)])
        );
    }

    #[test]
    fn an_inbox_that_is_not_listed_is_there_all_the_same() {
        assert_eq!(
            shown(&Mailboxes::new(Vec::new())),
            expected(&[("INBOX", 0)])
        );
    }

    #[test]
    fn everything_below_the_trash_counts_as_trash() {
        let mailboxes = Mailboxes::new(vec![
            mailbox("Trash", '/', Some(Role::Trash)),
            mailbox("Trash/old", '/', None),
            mailbox("Trashy", '/', None),
        ]);
        for (name, within) in [
            ("Trash", true),
            ("Trash/old", true),
            ("Trashy", false),
            ("INBOX", false),
        ] {
            assert_eq!(
                mailboxes.is_within(&MailboxName::parse(name).unwrap(), Role::Trash),
                within,
                "{name}"
            );
        }
    }

    #[test]
    fn all_mail_is_the_archive_where_there_is_no_other() {
        let mailboxes = Mailboxes::new(vec![mailbox("[Gmail]/All Mail", '/', Some(Role::All))]);
        assert_eq!(
            mailboxes
                .for_role(Role::Archive)
                .map(|mailbox| mailbox.name.as_str()),
            Some("[Gmail]/All Mail")
        );
    }
}

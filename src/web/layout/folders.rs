//! Folders as a person calls them.

use super::Layout;
use crate::mail::{Folder, MailboxName, Role};

impl Layout {
    /// What the visitor calls a folder: the role's word, else its own name.
    pub fn folder_name(&self, folder: &Folder) -> String {
        self.role_name(folder.role)
            .unwrap_or_else(|| folder.leaf.clone())
    }

    /// The same where only the name is known.
    pub fn mailbox_title(&self, name: &MailboxName, role: Option<Role>) -> String {
        self.role_name(role)
            .or_else(|| {
                self.sidebar
                    .as_ref()?
                    .folder(name)
                    .map(|folder| self.folder_name(folder))
            })
            .unwrap_or_else(|| {
                if name.is_inbox() {
                    self.t("folder-inbox")
                } else {
                    name.as_str().to_owned()
                }
            })
    }

    fn role_name(&self, role: Option<Role>) -> Option<String> {
        let key = match role? {
            Role::Inbox => "folder-inbox",
            Role::Drafts => "folder-drafts",
            Role::Sent => "folder-sent",
            Role::Archive => "folder-archive",
            Role::Junk => "folder-junk",
            Role::Trash => "folder-trash",
            Role::Flagged | Role::All => return None,
        };
        Some(self.t(key))
    }

    /// Name of an icon in the sprite.
    pub fn folder_icon(&self, folder: &Folder) -> &'static str {
        role_icon(folder.role)
    }

    /// What stands at the end of the entry: new messages, for Drafts all; zero is not shown.
    pub fn folder_count(&self, folder: &Folder) -> u32 {
        match folder.role {
            Some(Role::Drafts) => folder.counts.messages,
            Some(Role::Sent | Role::Trash) => 0,
            _ => folder.counts.unseen,
        }
    }

    /// Indent of a folder, 0..=5.
    pub fn folder_depth(&self, folder: &Folder) -> usize {
        folder.depth.min(5)
    }

    /// Folders that a message can be moved to.
    pub fn targets<'a>(&'a self, here: Option<&'a MailboxName>) -> Vec<&'a Folder> {
        self.sidebar
            .iter()
            .flat_map(|sidebar| &sidebar.folders)
            .filter(|folder| folder.selectable && Some(&folder.name) != here)
            .collect()
    }

    pub fn inbox_url(&self) -> String {
        self.mailbox_url(&MailboxName::inbox())
    }

    /// The key that goes to a folder after G.
    pub fn folder_key(&self, folder: &Folder) -> Option<char> {
        match folder.role? {
            Role::Inbox => Some('i'),
            Role::Drafts => Some('d'),
            Role::Archive => Some('a'),
            Role::Trash => Some('t'),
            _ => None,
        }
    }
}

pub fn role_icon(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::Inbox) => "inbox",
        Some(Role::Drafts) => "file-pen-line",
        Some(Role::Sent) => "send",
        Some(Role::Archive) => "archive",
        Some(Role::Junk) => "shield-alert",
        Some(Role::Trash) => "trash-2",
        Some(Role::Flagged) => "star",
        Some(Role::All) | None => "folder",
    }
}

## Folders and navigation
folder-inbox = Inbox
folder-drafts = Drafts
folder-sent = Sent
folder-archive = Archive
folder-junk = Junk
folder-trash = Trash
starred = Starred
outbox = Outbox
folders = Folders
search = Search
write = Write
settings = Settings
message = Message
messages = Messages
files = Files
nav-mailboxes = Mailboxes
nav-bar = Main pages
account = Account
skip-to-content = Skip to the page
skip-to-list = Skip to the messages
skip-to-message = Skip to the message
skip-to-writing = Skip to writing
choose-a-folder = Choose a folder to see what is in it.

## Common buttons
apply = Apply
back = Back
close = Close
continue = Continue
remove = Remove
save = Save
select = Select
try-again = Try again
you = you

## Days
day-today = Today
day-yesterday = Yesterday
day-this-week = This week
day-last-week = Last week

## Sizes, as the script writes them
unit-b = B
unit-kb = kB
unit-mb = MB

## List
search-mail = Search mail
check-mail = Check for mail
view-options = View options
sort-by = Order
sort-newest = Newest first
sort-oldest = Oldest first
sort-from = By sender
sort-subject = By subject
sort-largest = Largest first
sort-smallest = Smallest first
filter = Show
filter-all = All
filter-new = New
filter-starred = Starred
filter-files = With files
filter-to-me = To me
count-new = { $count } new
count-new-messages = { $n ->
    [one] { $count } new message
   *[other] { $count } new messages
}
count-messages = { $n ->
    [one] { $count } message
   *[other] { $count } messages
}
count-files = { $n ->
    [one] { $count } file
   *[other] { $count } files
}
all-caught-up = All caught up
choose-a-message = Choose a message on the left.
or-press-j = Or press J for the first one.
pages = Pages
page-of = Page { $page } of { $pages }
newer-messages = Newer messages
older-messages = Older messages
with-selected = With the selected messages
selected-n = %n selected
select-row = Select { $who }: { $subject }
row-new = New
row-to = To { $x }
row-nobody = No recipient yet
row-unknown-sender = Unknown sender
preview-file = File: { $x }
preview-encrypted = Encrypted message
row-answered = Answered
row-forwarded = Forwarded
row-starred = Starred
row-files = With files
row-draft = Draft
no-subject = (no subject)
empty-inbox = All caught up
empty-drafts = No drafts
empty-sent = Nothing sent yet
empty-junk = Junk is empty
empty-trash = Trash is empty
empty-starred = Nothing is starred
empty-folder = This folder is empty
empty-filter = No message fits
empty-search = Nothing found for “{ $x }”
show-all-in = Show all in { $x }

## Search
search-results = { $n ->
    [one] { $count } result
   *[other] { $count } results
}
search-in = in { $x }
search-words = Words
search-where = Folder
search-hint = Search looks through one folder at a time.

## Actions
action-archive = Archive
action-delete = Delete
action-delete-forever = Delete for ever
action-junk = Junk
action-not-junk = Not junk
action-move = Move
action-more = More
action-read = Mark as read
action-unread = Mark as new
action-star = Star
action-unstar = Remove star
action-toggle-new = Mark as read or new
action-toggle-star = Star or remove star
move-to = Move to
done-moved = { $n ->
    [one] Moved to { $x }.
   *[other] Moved { $count } messages to { $x }.
}
done-read = { $n ->
    [one] Marked as read.
   *[other] Marked { $count } messages as read.
}
done-unread = { $n ->
    [one] Marked as new.
   *[other] Marked { $count } messages as new.
}
done-star = { $n ->
    [one] Starred.
   *[other] Starred { $count } messages.
}
done-unstar = { $n ->
    [one] Star removed.
   *[other] Removed { $count } stars.
}
done-deleted = { $n ->
    [one] Deleted for ever.
   *[other] Deleted { $count } messages for ever.
}
done-other = { $n ->
    [one] Done.
   *[other] Done for { $count } messages.
}

## Notices
done-created = The folder { $x } was created for it.
nothing-selected = Nothing was selected. Choose messages first.
draft-saved = Saved in Drafts.
draft-saved-here = Saved here. The mail server does not answer; the copy in Drafts follows.
draft-discarded = Discarded. The draft is in Trash.
draft-elsewhere = This message was sent or discarded elsewhere. Your text is still here: copy it into a new message.
sent = Sent.
saved = Saved.
device-signed-out = The device was signed out.
settings-bad-language = Choose a language of the list.
settings-bad-zone = This time zone is not known. Choose one of the list.
settings-too-long = The name holds 200 characters, the signature 10,000. Shorten it, then save again.
compose-too-many-recipients = A message can go to { $x } people. Remove some.
compose-too-often = You have sent many messages. Nothing was sent; try again in a while.
quote-wrote = On { $date }, { $who } wrote:
quote-wrote-undated = { $who } wrote:
quote-forwarded = Forwarded message

## Message
message-actions = Message actions
message-from = Message from { $x }
message-is-draft = This is a draft of yours.
message-cut = This message is too large or too tangled to show in full.
message-empty = This message has no text.
continue-writing = Continue writing
pictures-hidden = Pictures from the web are hidden, so the sender cannot see that you opened this.
show-pictures = Show
pictures-always = Always for this sender
pictures-always-shown = Pictures of this sender are now always shown.
trackers-left-out = { $n ->
    [one] { $count } tracking picture was left out.
   *[other] { $count } tracking pictures were left out.
}
reply-elsewhere = Answers go to a different address:
first-message = First message from this address.
doubt-no-address = This message gives no address of its sender.
doubt-malformed = The sender’s address cannot be a real one:
doubt-several = Several senders are named:
doubt-other-address = The name shows another address. The real one is:
doubt-lookalike = This address looks like another one. It really is:
doubt-hidden = The sender’s name hides characters. The address is:
doubt-mark = The sign in the name proves nothing. The address is:
doubt-owner = The name stands for you, but the address is:
doubt-long-name = The sender’s name is very long. The address is:
charset = Character set
charset-other = Other character set
charset-show = Show
charset-shown = Shown in the character set { $x }.
charset-declared = As the message says
charset-unicode = Unicode
charset-western = Western European
charset-central-european = Central European
charset-cyrillic = Cyrillic
charset-greek = Greek
charset-turkish = Turkish
charset-baltic = Baltic
charset-hebrew = Hebrew
charset-arabic = Arabic
charset-thai = Thai
charset-vietnamese = Vietnamese
charset-japanese = Japanese
charset-chinese = Chinese
charset-korean = Korean
quoted-text = Quoted text
back-to = Back to { $x }
back-to-message = Back to the message
position-of = { $n } of { $total }
newer = Newer
older = Older
reply = Reply
reply-all = Reply all
reply-to = Reply to { $x }
forward = Forward
print = Print
show-source = Show source
show-as-text = Show as text
show-designed = Show as designed
show-as-letter = Show as a letter
shown-designed = Shown as designed.
shown-as-letter = Shown as a letter.
shown-as-text = Shown as plain text.
view-always-kept = Letters of this sender now open this way.
letter-pictures = { $n ->
    [one] { $count } picture from the web is left out here.
   *[other] { $count } pictures from the web are left out here.
}
save-message = Save as a file
to-one = to { $x }
to-two = to { $a } and { $b }
to-many = to { $a }, { $b } and { $more } more
to-nobody-named = to nobody named
all-fields = All header fields
field-from = From
field-reply-to = Reply to
field-to = To
field-cc = Cc
field-bcc = Bcc
field-date = Date
field-received = Received
field-size = Size
field-subject = Subject
field-text = Text
source-title = Source
source-cut = This is the beginning. The whole message has { $x }; save it as a file to see all.

## Trust
verified = Verified: this comes from { $x }
not-verified = Not verified.
not-verified-text = This message claims to come from { $x }, but that could not be proved. Be careful with links and files.
look-alike = Not your address.
look-alike-text = { $x } only looks like { $own }. It belongs to somebody else.
why = Why?
spf-pass = SPF: { $x } lets this server send its mail.
spf-fail = SPF: { $x } does not let this server send its mail.
spf-softfail = SPF: { $x } does not know this server.
spf-unknown = SPF: { $x } says nothing about this server.
dkim-pass = DKIM: the signature of { $x } is right.
dkim-fail = DKIM: the signature of { $x } is wrong.
dkim-unknown = DKIM: there is no signature of { $x } that could be checked.
dmarc-pass = DMARC: { $x } stands by this message.
dmarc-fail = DMARC: { $x } does not stand by this message.
dmarc-unknown = DMARC: { $x } says nothing about this message.
newsletter = Newsletter
mailing-list = Mailing list
unsubscribe-at = Unsubscribe at { $x }
unsubscribe-by-mail = Unsubscribe by mail
unsubscribe = Unsubscribe
unsubscribed-from = Unsubscribed from { $x }
unsubscribe-undo = Undo
unsubscribe-refused = The sender did not take it. Unsubscribe another way:
still-subscribed = You stay subscribed.
unsubscribe-too-late = Too late: the request is already sent.
field-sender = Sent by
field-signed-by = Signed by
field-sent-through = Sent through
field-message-id = Message ID
wrap-lines = Wrap long lines
copy = Copy
copied = Copied.
source-raw = Raw text

## Files
file-image = Picture
file-audio = Sound
file-video = Video
file-calendar = Calendar
file-text = Text
file-message = Message
file-pdf = PDF
file-archive = Archive file
file-sheet = Spreadsheet
file-slides = Slides
file-document = Document
file-other = File
file-risky = This file can run programs.
file-carried = from the message
save-file = Save { $x }
save-all = Save all
viewer-place = %n of %m
viewer-previous = Previous picture
viewer-next = Next picture
viewer-unreadable = This picture cannot be shown. Save it instead.
remove-file = Remove { $x }

## Writing
compose-new = New message
compose-reply = Reply
compose-reply-to = Reply to { $x }
compose-forward = Forward
compose-from = from
attach = Attach
attach-files = Attach files
attach-limit = up to { $x } in one upload
drop-to-attach = Drop to attach
save-draft = Save draft
send = Send
discard = Discard
close-writing = Close, the draft is kept
saving = Saving…
saved-at = Saved %s
saved-at-time = Saved { $x }
not-saved = Not saved, trying again
text-is-kept = Your text is kept.
compose-no-recipient = There is no recipient yet. Write an address after “To”.
compose-bad-addresses = { $n ->
    [one] This does not look like an address: { $x }
   *[other] These do not look like addresses: { $x }
}
compose-not-your-address = You cannot send from this address. Choose another one.
compose-message-too-large = The mail server takes messages up to { $x }. Remove a file.
compose-upload-too-large = { $x } is too large. One upload can hold { $limit }.
compose-file-too-large = %s is %n. One upload can hold %m.
compose-too-many-files = { $n ->
    [one] A message can hold { $count } file. Remove one first.
   *[other] A message can hold { $count } files. Remove one first.
}
compose-text-too-large = The text is longer than { $x }. Shorten it, then save again.
upload-progress = Sending, %n %
upload-failed = %s could not be attached. Try again.

## Outbox
outbox-lead = Messages that are on their way, or that need you.
outbox-empty = Nothing is waiting
outbox-queued = Waiting.
outbox-sending = Sending.
outbox-sending-hint = You can close this page; it goes on by itself.
outbox-accepted = Sent.
outbox-accepted-hint = The copy for Sent is being filed.
outbox-failed = Not sent.
outbox-failed-hint = Nobody received it. It is kept in Drafts; change it or try again.
outbox-unknown = Perhaps sent.
outbox-unknown-hint = The mail server took it but never confirmed. Ask the recipient before you send it once more.
outbox-done = Sent.
outbox-done-hint = The copy is in Sent.
outbox-reason = The mail server said:
outbox-edit = Change it
outbox-send-once-more = Send once more
outbox-show-sent = Show the sent message

## Sign in
sign-in = Sign in
sign-out = Sign out
sign-in-welcome = Welcome
good-morning = Good morning
good-afternoon = Good afternoon
good-evening = Good evening
sign-in-lead = Sign in to your mail at { $x }
email = Email
password = Password
password-for = Password for %s
keep-signed-in = Keep me signed in
keep-signed-in-hint = Only on a device that is yours
sign-in-refused = That email and password do not fit together.
sign-in-too-many = { $n ->
    [one] Wait { $count } second, then try again.
   *[other] Wait { $count } seconds, then try again.
}
sign-in-unavailable = The mail server does not answer. Try again in a minute.
sign-in-timed-out = The mail server takes too long. Try again in a minute.
sign-in-again = Please sign in again
sign-in-again-text = You were signed out after a long pause. What you wrote is safe and goes on from here.
sign-in-files = These files have to be chosen again:
passing-on = One moment

## Settings
settings-look = Look and feel
settings-names = Names and signatures
settings-reading = Reading and privacy
settings-devices = Security and devices
settings-theme = Theme
settings-theme-auto = Like my device
settings-theme-light = Light
settings-theme-dark = Dark
settings-like-device = Like my device
settings-language = Language
settings-language-hint = Dates and numbers follow it
settings-zone = Time zone
settings-zone-hint = In which dates and times are shown
settings-name = Your name
settings-name-hint = What people see beside your address
settings-signature = Signature
settings-signature-hint = Stands at the end of every new message
devices-lead = You are signed in here. Sign out what you do not know.
device-this = This one
device-times = Signed in: { $since } · Last seen: { $seen }
sign-out-device = Sign out { $x }
settings-view = Letters open
settings-view-hint = Where they come with a design
settings-view-suits = As suits each letter
settings-view-letter = As a letter, without its design
settings-view-text = As plain text
senders-none = Pictures from the web are shown only when you ask.
senders-lead = What you chose for these senders.
sender-forget = Forget the choices for { $x }
sender-pictures = Pictures are shown.

## Script
no-answer = The mail server does not answer. What you see is kept.
wait-n = Wait %n s

## Errors
tell-administrator = Tell your administrator: { $x }
to-start = To the start page
search-for-it = Search for it
error-bad-request = This address or form is not right
error-bad-request-text = Nothing was changed. Go back and try again.
error-stalled = Not everything arrived
error-stalled-text = The connection stalled. Nothing was changed. Go back and send it again.
error-unsupported-form = This form came in an unknown format
error-unsupported-form-text = Nothing was changed. Go back and use the form of the page.
error-foreign-site = This came from another site
error-foreign-site-text = Nothing was changed. Open your mail here and try again.
error-no-page = There is no such page
error-no-page-text = The address may be mistyped. Your mail is where it was.
error-no-mailbox = This folder is not here any more
error-no-mailbox-text = It was renamed or deleted elsewhere. Choose another folder.
error-no-message = This message is not here any more
error-no-message-text = It was moved or deleted, perhaps on another device.
error-no-draft = This draft is not here any more
error-no-draft-text = It was sent or discarded. Look in Sent, Drafts or Trash.
error-wrong-method = This page cannot be opened like that
error-wrong-method-text = Nothing was changed. Go back and use the button.
error-ended-process = This message once stopped the program
error-ended-process-text = Its page is not built again; its source can be read.
error-mailbox-changed = This folder was rebuilt
error-mailbox-changed-text = The old address leads nowhere now. Open the folder again and find the message there.
error-too-large = That is too large
error-too-large-text = One request can hold { $x }. Nothing else was changed.
error-wrong-host = This is not the address of your mail
error-wrong-host-text = This server is { $host }. Administrator: set POSTA_PUBLIC_URL to the address that people use.
error-too-many = Too fast for the mail server
error-too-many-text = { $n ->
    [one] Nothing was lost. Try again in { $count } second.
   *[other] Nothing was lost. Try again in { $count } seconds.
}
error-broken = Something broke on our side
error-broken-text = Nothing was lost. Try again.
error-refused = The mail server refused
error-refused-text = Nothing was changed. It said: { $x }
error-unavailable = The mail server does not answer
error-unavailable-text = Your mail is safe there. Try again in a minute.
error-busy = The mail server is busy
error-busy-text = Nothing was changed. Try again in a moment.
error-timed-out = The mail server takes too long
error-timed-out-text = Your mail is safe there. Try again in a minute.
error-over-quota = Your mailbox is full
error-over-quota-text = Nothing was changed. Delete something for ever, then try again.

keys-title = Keys
keys-next = Next and previous
keys-open = Open
keys-back = Back
keys-inbox = Go to Inbox
keys-rest = Keys rest while you are inside the letter

draft-kept = Another device changed this draft. Its text is kept as a draft of its own.
draft-kept-show = Show it
failure-refused = The mail server refused it.
failure-too-large = The mail server takes messages up to { $x }.
failure-signed-out = Your password is not taken any more. Sign in again.
failure-submission-denied = The sending server does not take your password. Tell your administrator.
failure-over-quota = Your mailbox is full. Delete something for ever first.
failure-not-international = The mail server cannot take addresses with such letters.
failure-unreachable = The mail server could not be reached.
failure-timed-out = The mail server took too long.
failure-insecure = The connection could not be made safe. Tell your administrator.
failure-missing-file = A file of the original message is gone. Remove it or attach it again.
failure-internal = Something broke on our side.
failure-interrupted = Posta was restarted while it was on its way.
failure-lost-reply = The connection broke after the message was handed over.

## Odd messages
attached-to = Attached to:
report-title = Delivery report
report-failed = Not delivered to { $x }.
report-failed-because = Not delivered to { $x }: { $why }.
report-delayed = Not yet delivered to { $x }. The server keeps trying.
report-delayed-because = Not yet delivered to { $x }: { $why }. The server keeps trying.
report-delivered = Delivered to { $x }.
report-passed-on = Passed on for { $x }.
report-said = What the other server said
report-save = Save the report
why-no-address = there is no such address
why-no-domain = this domain takes no mail
why-bad-address = the address is not written right
why-moved = the mailbox has moved
why-sender = your own address was not accepted
why-address = the address was not accepted
why-mailbox-off = the mailbox is switched off
why-mailbox-full = the mailbox is full
why-too-large = the message is too large
why-mailbox = the mailbox did not take it
why-system-full = the other server is full
why-system = the other server has a problem
why-no-answer = the other server does not answer
why-no-route = no way to the other server was found
why-loop = the message went round in circles
why-expired = it took too long
why-network = the connection to the other server failed
why-protocol = the servers did not understand each other
why-content = the content was not accepted
why-unproved = it could not be proved that you sent it
why-policy = the other server does not allow it
receipt-title = Receipt
receipt-displayed = { $x } opened your message.
receipt-deleted = { $x } deleted your message.
receipt-dispatched = { $x } passed your message on.
receipt-processed = A program of { $x } took your message.
receipt-denied = { $x } does not tell whether it was opened.
receipt-failed = The program of { $x } could not open your message.
protected-encrypted = This message is encrypted. It cannot be opened here; the file is below.
protected-partly = A part of this message is encrypted. It cannot be opened here; the file is below.
protected-signed = This message is signed. The signature was not checked.
protected-inside = This message stands inside its signature. The file is below.
fragment = This is part { $n } of a larger message.
fragment-of = This is part { $n } of { $total } of a larger message.
event-request = Invitation
event-changed = Changed invitation
event-cancelled = Cancelled
event-reply = Answer to an invitation
event-counter = Another time is proposed
event-publish = Event
event-untitled = Without a title
event-span = { $a } to { $b }
event-your-time = { $x }, your time
event-zone-time = { $x } ({ $zone })
event-local-time = { $x }, local time
event-all-day = All day
event-daily = Every day
event-weekly = Every week
event-monthly = Every month
event-yearly = Every year
event-repeats = Comes again
event-save = Save .ics
event-more = There may be more events in the file.
event-other-sender = This is an event of { $x }, who is not the sender.
answer-yes = { $x } comes
answer-no = { $x } does not come
answer-maybe = { $x } may come
answer-none = { $x } has not decided
people-title = People
people-save = Save .vcf
file-mac = Mac details
file-outlook = Outlook files
file-signature = Signature

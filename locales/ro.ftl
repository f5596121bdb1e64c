## Dosare și navigare
folder-inbox = Primite
folder-drafts = Ciorne
folder-sent = Trimise
folder-archive = Arhivă
folder-junk = Nedorite
folder-trash = Coș
starred = Cu stea
outbox = De trimis
folders = Dosare
search = Căutare
write = Scrie
settings = Setări
message = Mesaj
messages = Mesaje
files = Fișiere
nav-mailboxes = Căsuțe poștale
nav-bar = Pagini principale
account = Cont
skip-to-content = Sari la pagină
skip-to-list = Sari la mesaje
skip-to-message = Sari la mesaj
skip-to-writing = Sari la scris
choose-a-folder = Alegeți un dosar ca să vedeți ce conține.

## Butoane comune
apply = Aplică
back = Înapoi
close = Închide
continue = Continuă
remove = Elimină
save = Salvează
select = Selectează
try-again = Încearcă din nou
you = dvs.

## Zile
day-today = Astăzi
day-yesterday = Ieri
day-this-week = Săptămâna aceasta
day-last-week = Săptămâna trecută

## Mărimi
unit-b = B
unit-kb = kB
unit-mb = MB

## Listă
search-mail = Caută în mesaje
check-mail = Verifică mesajele
view-options = Opțiuni de afișare
sort-by = Ordine
sort-newest = Cele mai noi întâi
sort-oldest = Cele mai vechi întâi
sort-from = După expeditor
sort-subject = După subiect
sort-largest = Cele mai mari întâi
sort-smallest = Cele mai mici întâi
filter = Arată
filter-all = Toate
filter-new = Noi
filter-starred = Cu stea
filter-files = Cu fișiere
filter-to-me = Pentru mine
count-new = { $n ->
    [one] { $count } nou
    [few] { $count } noi
   *[other] { $count } noi
}
count-new-messages = { $n ->
    [one] { $count } mesaj nou
    [few] { $count } mesaje noi
   *[other] { $count } de mesaje noi
}
count-messages = { $n ->
    [one] { $count } mesaj
    [few] { $count } mesaje
   *[other] { $count } de mesaje
}
count-files = { $n ->
    [one] { $count } fișier
    [few] { $count } fișiere
   *[other] { $count } de fișiere
}
all-caught-up = Ați citit tot
choose-a-message = Alegeți un mesaj din stânga.
or-press-j = Sau apăsați J pentru primul.
pages = Pagini
page-of = Pagina { $page } din { $pages }
newer-messages = Mesaje mai noi
older-messages = Mesaje mai vechi
with-selected = Cu mesajele selectate
selected-n = Selectate: %n
select-row = Selectează { $who }: { $subject }
row-new = Nou
row-to = Către { $x }
row-nobody = Încă fără destinatar
row-unknown-sender = Expeditor necunoscut
preview-file = Fișier: { $x }
preview-encrypted = Mesaj criptat
row-answered = Răspuns trimis
row-forwarded = Redirecționat
row-starred = Cu stea
row-files = Cu fișiere
row-draft = Ciornă
no-subject = (fără subiect)
empty-inbox = Ați citit tot
empty-drafts = Nicio ciornă
empty-sent = Încă nu s-a trimis nimic
empty-junk = Nu sunt mesaje nedorite
empty-trash = Coșul este gol
empty-starred = Niciun mesaj cu stea
empty-folder = Dosarul este gol
empty-filter = Niciun mesaj nu se potrivește
empty-search = Nu s-a găsit nimic pentru „{ $x }”
show-all-in = Arată tot din „{ $x }”

## Căutare
search-results = { $n ->
    [one] { $count } rezultat
    [few] { $count } rezultate
   *[other] { $count } de rezultate
}
search-in = în „{ $x }”
search-words = Cuvinte
search-where = Dosar
search-hint = Căutarea parcurge câte un dosar.

## Acțiuni
action-archive = Arhivează
action-delete = Șterge
action-delete-forever = Șterge definitiv
action-junk = Nedorit
action-not-junk = Nu e nedorit
action-move = Mută
action-more = Mai mult
action-read = Marchează ca citit
action-unread = Marchează ca nou
action-star = Pune stea
action-unstar = Scoate steaua
action-toggle-new = Marchează ca citit sau nou
action-toggle-star = Pune sau scoate steaua
move-to = Mută în
done-moved = { $n ->
    [one] Mutat în „{ $x }”.
    [few] { $count } mesaje mutate în „{ $x }”.
   *[other] { $count } de mesaje mutate în „{ $x }”.
}
done-read = { $n ->
    [one] Marcat ca citit.
    [few] { $count } mesaje marcate ca citite.
   *[other] { $count } de mesaje marcate ca citite.
}
done-unread = { $n ->
    [one] Marcat ca nou.
    [few] { $count } mesaje marcate ca noi.
   *[other] { $count } de mesaje marcate ca noi.
}
done-star = { $n ->
    [one] Stea pusă.
    [few] Stea pusă la { $count } mesaje.
   *[other] Stea pusă la { $count } de mesaje.
}
done-unstar = { $n ->
    [one] Stea scoasă.
    [few] Stea scoasă de la { $count } mesaje.
   *[other] Stea scoasă de la { $count } de mesaje.
}
done-deleted = { $n ->
    [one] Șters definitiv.
    [few] { $count } mesaje șterse definitiv.
   *[other] { $count } de mesaje șterse definitiv.
}
done-other = { $n ->
    [one] Gata.
    [few] Gata pentru { $count } mesaje.
   *[other] Gata pentru { $count } de mesaje.
}

## Notices
done-created = Dosarul „{ $x }” a fost creat pentru aceasta.
nothing-selected = Nu s-a selectat nimic. Selectați mai întâi mesaje.
draft-saved = Salvat în „Ciorne”.
draft-saved-here = Salvat aici. Serverul de mail nu răspunde; copia din „Ciorne” urmează.
draft-discarded = Aruncat. Ciorna este în „Coș”.
draft-elsewhere = Acest mesaj a fost trimis sau aruncat în altă parte. Textul este încă aici: copiați-l într-un mesaj nou.
sent = Trimis.
saved = Salvat.
device-signed-out = Dispozitivul a fost deconectat.
settings-bad-language = Alegeți o limbă din listă.
settings-bad-zone = Acest fus orar nu este cunoscut. Alegeți unul din listă.
settings-too-long = Numele poate avea 200 de caractere, semnătura 10.000. Scurtați, apoi salvați.
compose-too-many-recipients = Un mesaj poate merge la { $x } de persoane. Scoateți câteva.
compose-too-often = Ați trimis multe mesaje. Nu s-a trimis nimic; încercați mai târziu.
quote-wrote = Pe { $date }, { $who } a scris:
quote-wrote-undated = { $who } a scris:
quote-forwarded = Mesaj redirecționat

## Mesaj
message-actions = Acțiuni asupra mesajului
message-from = Mesaj de la { $x }
message-is-draft = Aceasta este o ciornă a dvs.
message-cut = Mesajul este prea mare sau prea încâlcit ca să fie arătat întreg.
message-empty = Mesajul nu are text.
continue-writing = Continuă scrisul
pictures-hidden = Imaginile de pe web sunt ascunse, astfel expeditorul nu vede că ați deschis mesajul.
show-pictures = Arată
pictures-always = Mereu pentru acest expeditor
pictures-always-shown = Imaginile acestui expeditor se arată de acum mereu.
trackers-left-out = { $n ->
    [one] { $count } imagine de urmărire a fost lăsată deoparte.
    [few] { $count } imagini de urmărire au fost lăsate deoparte.
   *[other] { $count } de imagini de urmărire au fost lăsate deoparte.
}
reply-elsewhere = Răspunsurile merg la altă adresă:
first-message = Primul mesaj de la această adresă.
doubt-no-address = Mesajul nu arată nicio adresă a expeditorului.
doubt-malformed = Adresa expeditorului nu poate fi adevărată:
doubt-several = Sunt numiți mai mulți expeditori:
doubt-other-address = Numele arată altă adresă. Cea adevărată este:
doubt-lookalike = Adresa seamănă cu alta. De fapt este:
doubt-hidden = Numele expeditorului ascunde caractere. Adresa este:
doubt-mark = Semnul din nume nu dovedește nimic. Adresa este:
doubt-owner = Numele vă desemnează, dar adresa este:
doubt-long-name = Numele expeditorului este foarte lung. Adresa este:
charset = Set de caractere
charset-other = Alt set de caractere
charset-show = Arată
charset-shown = Afișat cu setul de caractere { $x }.
charset-declared = Cum spune mesajul
charset-unicode = Unicode
charset-western = Europa de Vest
charset-central-european = Europa Centrală
charset-cyrillic = Chirilic
charset-greek = Greacă
charset-turkish = Turcă
charset-baltic = Baltic
charset-hebrew = Ebraică
charset-arabic = Arabă
charset-thai = Thailandeză
charset-vietnamese = Vietnameză
charset-japanese = Japoneză
charset-chinese = Chineză
charset-korean = Coreeană
quoted-text = Text citat
back-to = Înapoi la „{ $x }”
back-to-message = Înapoi la mesaj
position-of = { $n } din { $total }
newer = Mai nou
older = Mai vechi
reply = Răspunde
reply-all = Răspunde tuturor
reply-to = Răspunde: { $x }
forward = Redirecționează
print = Tipărește
show-source = Arată sursa
show-as-text = Arată ca text
show-designed = Arată cu formatare
show-as-letter = Arată ca scrisoare
shown-designed = Arătat cu aspect.
shown-as-letter = Arătat ca scrisoare.
shown-as-text = Arătat ca text simplu.
view-always-kept = Scrisorile acestui expeditor se deschid de acum așa.
letter-pictures = { $n ->
    [one] { $count } imagine de pe web lipsește aici.
    [few] { $count } imagini de pe web lipsesc aici.
   *[other] { $count } de imagini de pe web lipsesc aici.
}
save-message = Salvează ca fișier
to-one = către { $x }
to-two = către { $a } și { $b }
to-many = către { $a }, { $b } și încă { $more }
to-nobody-named = fără destinatar numit
all-fields = Toate câmpurile de antet
field-from = De la
field-reply-to = Răspuns către
field-to = Către
field-cc = Cc
field-bcc = Bcc
field-date = Data
field-received = Primit
field-size = Mărime
field-subject = Subiect
field-text = Text
source-title = Sursa
source-cut = Acesta este începutul. Mesajul întreg are { $x }; salvați-l ca fișier ca să vedeți tot.

## Încredere
verified = Verificat: mesajul vine de la { $x }
not-verified = Neverificat.
not-verified-text = Mesajul pretinde că vine de la { $x }, dar nu s-a putut dovedi. Atenție la linkuri și fișiere.
look-alike = Nu este adresa dvs.
look-alike-text = { $x } doar seamănă cu { $own }. Aparține altcuiva.
why = De ce?
spf-pass = SPF: { $x } permite acestui server să-i trimită mesajele.
spf-fail = SPF: { $x } nu permite acestui server să-i trimită mesajele.
spf-softfail = SPF: { $x } nu cunoaște acest server.
spf-unknown = SPF: { $x } nu spune nimic despre acest server.
dkim-pass = DKIM: semnătura { $x } este corectă.
dkim-fail = DKIM: semnătura { $x } este greșită.
dkim-unknown = DKIM: nu s-a putut verifica nicio semnătură { $x }.
dmarc-pass = DMARC: { $x } confirmă acest mesaj.
dmarc-fail = DMARC: { $x } nu confirmă acest mesaj.
dmarc-unknown = DMARC: { $x } nu spune nimic despre acest mesaj.
newsletter = Buletin informativ
mailing-list = Listă de discuții
unsubscribe-at = Dezabonare pe { $x }
unsubscribe-by-mail = Dezabonare prin e-mail
unsubscribe = Dezabonare
unsubscribed-from = Dezabonare de la { $x }
unsubscribe-undo = Anulează
unsubscribe-refused = Expeditorul nu a acceptat. Dezabonați-vă altfel:
still-subscribed = Abonarea rămâne.
unsubscribe-too-late = Prea târziu: cererea a fost deja trimisă.
field-sender = Trimis de
field-signed-by = Semnat de
field-sent-through = Trimis prin
field-message-id = Identificator
wrap-lines = Rupe rândurile lungi
copy = Copiază
copied = Copiat.
source-raw = Text brut

## Fișiere
file-image = Imagine
file-audio = Sunet
file-video = Video
file-calendar = Calendar
file-text = Text
file-message = Mesaj
file-pdf = PDF
file-archive = Fișier arhivă
file-sheet = Foaie de calcul
file-slides = Prezentare
file-document = Document
file-other = Fișier
file-risky = Acest fișier poate porni programe.
file-carried = din mesaj
save-file = Salvează { $x }
save-all = Salvează tot
viewer-place = %n din %m
viewer-previous = Imaginea anterioară
viewer-next = Imaginea următoare
viewer-unreadable = Imaginea nu poate fi afișată. Salvați-o.
remove-file = Elimină { $x }

## Scriere
compose-new = Mesaj nou
compose-reply = Răspuns
compose-reply-to = Răspuns către { $x }
compose-forward = Redirecționare
compose-from = de la
attach = Atașează
attach-files = Atașează fișiere
attach-limit = până la { $x } într-o încărcare
drop-to-attach = Lăsați aici ca să atașați
save-draft = Salvează ciorna
send = Trimite
discard = Aruncă
close-writing = Închide, ciorna se păstrează
saving = Se salvează…
saved-at = Salvat la %s
saved-at-time = Salvat la { $x }
not-saved = Nesalvat, se încearcă din nou
text-is-kept = Textul dvs. este păstrat.
compose-no-recipient = Încă nu există destinatar. Scrieți o adresă la „Către”.
compose-bad-addresses = { $n ->
    [one] Aceasta nu pare o adresă: { $x }
    [few] Acestea nu par adrese: { $x }
   *[other] Acestea nu par adrese: { $x }
}
compose-not-your-address = Nu puteți trimite de la această adresă. Alegeți alta.
compose-message-too-large = Serverul primește mesaje de cel mult { $x }. Eliminați un fișier.
compose-upload-too-large = { $x } este prea mare. O încărcare poate avea { $limit }.
compose-file-too-large = %s are %n. O încărcare poate avea %m.
compose-too-many-files = { $n ->
    [one] Un mesaj poate avea { $count } fișier. Eliminați întâi unul.
    [few] Un mesaj poate avea { $count } fișiere. Eliminați întâi unul.
   *[other] Un mesaj poate avea { $count } de fișiere. Eliminați întâi unul.
}
compose-text-too-large = Textul depășește { $x }. Scurtați-l, apoi salvați din nou.
upload-progress = Se trimite, %n %
upload-failed = %s nu a putut fi atașat. Încercați din nou.

## De trimis
outbox-lead = Mesaje aflate pe drum sau care au nevoie de dvs.
outbox-empty = Nimic nu așteaptă
outbox-queued = Așteaptă.
outbox-sending = Se trimite.
outbox-sending-hint = Puteți închide pagina; trimiterea continuă singură.
outbox-accepted = Trimis.
outbox-accepted-hint = Copia se așază acum în „Trimise”.
outbox-failed = Netrimis.
outbox-failed-hint = Nu l-a primit nimeni. Este păstrat în „Ciorne”; modificați-l sau încercați din nou.
outbox-unknown = Poate că s-a trimis.
outbox-unknown-hint = Serverul l-a luat, dar nu a confirmat. Întrebați destinatarul înainte de a-l trimite încă o dată.
outbox-done = Trimis.
outbox-done-hint = Copia este în „Trimise”.
outbox-reason = Serverul a răspuns:
outbox-edit = Modifică
outbox-send-once-more = Trimite încă o dată
outbox-show-sent = Arată mesajul trimis

## Conectare
sign-in = Conectare
sign-out = Deconectare
sign-in-welcome = Bun venit
good-morning = Bună dimineața
good-afternoon = Bună ziua
good-evening = Bună seara
sign-in-lead = Conectați-vă la poșta dvs. de pe { $x }
email = E-mail
password = Parolă
password-for = Parola pentru %s
keep-signed-in = Păstrează conectarea
keep-signed-in-hint = Doar pe un dispozitiv al dvs.
sign-in-refused = Adresa și parola nu se potrivesc.
sign-in-too-many = { $n ->
    [one] Așteptați { $count } secundă, apoi încercați din nou.
    [few] Așteptați { $count } secunde, apoi încercați din nou.
   *[other] Așteptați { $count } de secunde, apoi încercați din nou.
}
sign-in-unavailable = Serverul de mail nu răspunde. Încercați din nou peste un minut.
sign-in-timed-out = Serverul de mail întârzie prea mult. Încercați din nou peste un minut.
sign-in-again = Vă rugăm să vă conectați din nou
sign-in-again-text = Sesiunea s-a încheiat după o pauză lungă. Ce ați scris este în siguranță și continuă de aici.
sign-in-files = Aceste fișiere trebuie alese din nou:
passing-on = O clipă

## Setări
settings-look = Aspect
settings-names = Nume și semnătură
settings-reading = Citire și confidențialitate
settings-devices = Securitate și dispozitive
settings-theme = Temă
settings-theme-auto = Ca dispozitivul
settings-theme-light = Luminoasă
settings-theme-dark = Întunecată
settings-like-device = Ca dispozitivul
settings-language = Limbă
settings-language-hint = Datele și numerele o urmează
settings-zone = Fus orar
settings-zone-hint = În care se arată datele și orele
settings-name = Numele dvs.
settings-name-hint = Ce se vede lângă adresa dvs.
settings-signature = Semnătură
settings-signature-hint = Stă la sfârșitul fiecărui mesaj nou
devices-lead = Contul este deschis aici. Deconectați ce nu recunoașteți.
device-this = Acesta
device-times = Conectare: { $since } · Ultima activitate: { $seen }
sign-out-device = Deconectează { $x }
settings-view = Scrisorile se deschid
settings-view-hint = Când au un aspect al lor
settings-view-suits = Cum i se potrivește fiecăreia
settings-view-letter = Ca scrisoare, fără aspect
settings-view-text = Ca text simplu
senders-none = Imaginile de pe web se arată doar când cereți.
senders-lead = Ce ați ales pentru acești expeditori.
sender-forget = Uită alegerile pentru { $x }
sender-pictures = Imaginile se arată.

## Script
no-answer = Serverul de mail nu răspunde. Ce vedeți este păstrat.
wait-n = Așteptați %n s

## Erori
tell-administrator = Pentru administrator: { $x }
to-start = La pagina de start
search-for-it = Caută-l
error-bad-request = Adresa sau formularul nu este corect
error-bad-request-text = Nu s-a schimbat nimic. Mergeți înapoi și încercați din nou.
error-stalled = Nu a ajuns totul
error-stalled-text = Conexiunea s-a oprit. Nu s-a schimbat nimic. Mergeți înapoi și trimiteți din nou.
error-unsupported-form = Formularul are un format necunoscut
error-unsupported-form-text = Nu s-a schimbat nimic. Mergeți înapoi și folosiți formularul paginii.
error-foreign-site = Cererea vine de pe alt site
error-foreign-site-text = Nu s-a schimbat nimic. Deschideți poșta aici și repetați.
error-no-page = Nu există o astfel de pagină
error-no-page-text = Poate că adresa este scrisă greșit. Mesajele dvs. sunt la locul lor.
error-no-mailbox = Dosarul nu mai este aici
error-no-mailbox-text = A fost redenumit sau șters în altă parte. Alegeți alt dosar.
error-no-message = Mesajul nu mai este aici
error-no-message-text = A fost mutat sau șters, poate pe alt dispozitiv.
error-no-draft = Ciorna nu mai este aici
error-no-draft-text = A fost trimisă sau aruncată. Căutați în „Trimise”, „Ciorne” sau „Coș”.
error-wrong-method = Pagina nu se deschide astfel
error-wrong-method-text = Nu s-a schimbat nimic. Mergeți înapoi și folosiți butonul.
error-ended-process = Acest mesaj a oprit cândva programul
error-ended-process-text = Pagina lui nu se mai construiește; sursa se poate citi.
error-mailbox-changed = Dosarul a fost refăcut
error-mailbox-changed-text = Adresa veche nu mai duce nicăieri. Redeschideți dosarul și găsiți mesajul acolo.
error-too-large = Este prea mare
error-too-large-text = O cerere poate avea { $x }. Altceva nu s-a schimbat.
error-wrong-host = Aceasta nu este adresa poștei dvs.
error-wrong-host-text = Acest server este { $host }. Administrator: dați lui POSTA_PUBLIC_URL adresa folosită.
error-too-many = Prea repede pentru serverul de mail
error-too-many-text = { $n ->
    [one] Nu s-a pierdut nimic. Încercați din nou peste { $count } secundă.
    [few] Nu s-a pierdut nimic. Încercați din nou peste { $count } secunde.
   *[other] Nu s-a pierdut nimic. Încercați din nou peste { $count } de secunde.
}
error-broken = Ceva s-a stricat la noi
error-broken-text = Nu s-a pierdut nimic. Încercați din nou.
error-refused = Serverul de mail a refuzat
error-refused-text = Nu s-a schimbat nimic. A răspuns: { $x }
error-unavailable = Serverul de mail nu răspunde
error-unavailable-text = Mesajele sunt acolo în siguranță. Încercați din nou peste un minut.
error-busy = Serverul de mail este ocupat
error-busy-text = Nu s-a schimbat nimic. Încercați din nou peste o clipă.
error-timed-out = Serverul de mail întârzie prea mult
error-timed-out-text = Mesajele sunt acolo în siguranță. Încercați din nou peste un minut.
error-over-quota = Căsuța dvs. este plină
error-over-quota-text = Nu s-a schimbat nimic. Ștergeți ceva definitiv, apoi încercați din nou.

keys-title = Taste
keys-next = Următorul și precedentul
keys-open = Deschide
keys-back = Înapoi
keys-inbox = Mergi la „Primite”
keys-rest = Tastele se odihnesc cât timp sunteți în scrisoare

draft-kept = Alt dispozitiv a schimbat ciorna. Textul lui este păstrat într-o ciornă separată.
draft-kept-show = Arată-l
failure-refused = Serverul de mail l-a refuzat.
failure-too-large = Serverul primește mesaje de cel mult { $x }.
failure-signed-out = Parola dvs. nu mai este acceptată. Conectați-vă din nou.
failure-submission-denied = Serverul de trimitere nu acceptă parola dvs. Spuneți administratorului.
failure-over-quota = Căsuța dvs. este plină. Ștergeți întâi ceva definitiv.
failure-not-international = Serverul nu acceptă adrese cu astfel de litere.
failure-unreachable = Serverul de mail nu a putut fi contactat.
failure-timed-out = Serverul de mail a întârziat prea mult.
failure-insecure = Conexiunea nu a putut fi securizată. Spuneți administratorului.
failure-missing-file = Un fișier din mesajul inițial a dispărut. Eliminați-l sau atașați-l din nou.
failure-internal = Ceva s-a stricat la noi.
failure-interrupted = Posta a fost repornită în timpul trimiterii.
failure-lost-reply = Conexiunea s-a întrerupt după predarea mesajului.

## Mesaje deosebite
attached-to = Atașat la:
report-title = Raport de livrare
report-failed = Nu a ajuns la { $x }.
report-failed-because = Nu a ajuns la { $x }: { $why }.
report-delayed = Încă nu a ajuns la { $x }. Serverul mai încearcă.
report-delayed-because = Încă nu a ajuns la { $x }: { $why }. Serverul mai încearcă.
report-delivered = A ajuns la { $x }.
report-passed-on = Dat mai departe pentru { $x }.
report-said = Ce a spus celălalt server
report-save = Salvează raportul
why-no-address = adresa nu există
why-no-domain = domeniul nu primește mesaje
why-bad-address = adresa nu este scrisă corect
why-moved = căsuța s-a mutat
why-sender = adresa dvs. nu a fost acceptată
why-address = adresa nu a fost acceptată
why-mailbox-off = căsuța este închisă
why-mailbox-full = căsuța este plină
why-too-large = mesajul este prea mare
why-mailbox = căsuța nu l-a primit
why-system-full = celălalt server este plin
why-system = celălalt server are o problemă
why-no-answer = celălalt server nu răspunde
why-no-route = nu s-a găsit drumul spre celălalt server
why-loop = mesajul s-a învârtit în cerc
why-expired = a durat prea mult
why-network = legătura cu celălalt server a căzut
why-protocol = serverele nu s-au înțeles
why-content = conținutul nu a fost acceptat
why-unproved = nu s-a putut dovedi că l-ați trimis
why-policy = celălalt server nu permite
receipt-title = Confirmare
receipt-displayed = { $x } a deschis mesajul.
receipt-deleted = { $x } a șters mesajul.
receipt-dispatched = { $x } a dat mesajul mai departe.
receipt-processed = Un program a preluat mesajul: { $x }.
receipt-denied = { $x } nu spune dacă a fost deschis.
receipt-failed = Un program nu a putut deschide mesajul: { $x }.
protected-encrypted = Mesajul este criptat. Nu se poate deschide aici; fișierul este mai jos.
protected-partly = O parte a mesajului este criptată. Nu se poate deschide aici; fișierul este mai jos.
protected-signed = Mesajul este semnat. Semnătura nu a fost verificată.
protected-inside = Mesajul se află în semnătura lui. Fișierul este mai jos.
fragment = Aceasta este partea { $n } dintr-un mesaj mai mare.
fragment-of = Aceasta este partea { $n } din { $total } a unui mesaj mai mare.
event-request = Invitație
event-changed = Invitație schimbată
event-cancelled = Anulat
event-reply = Răspuns la o invitație
event-counter = Se propune altă oră
event-publish = Eveniment
event-untitled = Fără titlu
event-span = { $a } – { $b }
event-your-time = { $x }, ora dvs.
event-zone-time = { $x } ({ $zone })
event-local-time = { $x }, ora locală
event-all-day = Toată ziua
event-daily = În fiecare zi
event-weekly = În fiecare săptămână
event-monthly = În fiecare lună
event-yearly = În fiecare an
event-repeats = Se repetă
event-save = Salvează .ics
event-more = Fișierul poate avea și alte evenimente.
event-other-sender = Organizatorul este { $x }, nu expeditorul.
answer-yes = { $x } vine
answer-no = { $x } nu vine
answer-maybe = { $x } poate vine
answer-none = { $x } nu s-a hotărât
people-title = Persoane
people-save = Salvează .vcf
file-mac = Detalii Mac
file-outlook = Fișiere Outlook
file-signature = Semnătură

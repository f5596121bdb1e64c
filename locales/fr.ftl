## Dossiers et navigation
folder-inbox = Réception
folder-drafts = Brouillons
folder-sent = Envoyés
folder-archive = Archives
folder-junk = Indésirables
folder-trash = Corbeille
starred = Favoris
outbox = À envoyer
folders = Dossiers
search = Recherche
write = Écrire
settings = Réglages
message = Message
messages = Messages
files = Fichiers
nav-mailboxes = Boîtes aux lettres
nav-bar = Pages principales
account = Compte
skip-to-content = Aller à la page
skip-to-list = Aller aux messages
skip-to-message = Aller au message
skip-to-writing = Aller à la rédaction
choose-a-folder = Choisissez un dossier pour voir ce qu’il contient.

## Boutons communs
apply = Appliquer
back = Retour
close = Fermer
continue = Continuer
remove = Retirer
save = Enregistrer
select = Sélectionner
try-again = Réessayer
you = vous

## Jours
day-today = Aujourd’hui
day-yesterday = Hier
day-this-week = Cette semaine
day-last-week = La semaine dernière

## Tailles
unit-b = o
unit-kb = ko
unit-mb = Mo

## Liste
search-mail = Rechercher un message
check-mail = Relever le courrier
view-options = Affichage
sort-by = Ordre
sort-newest = Les plus récents d’abord
sort-oldest = Les plus anciens d’abord
sort-from = Par expéditeur
sort-subject = Par objet
sort-largest = Les plus lourds d’abord
sort-smallest = Les plus légers d’abord
filter = Montrer
filter-all = Tous
filter-new = Nouveaux
filter-starred = Favoris
filter-files = Avec fichiers
filter-to-me = Pour moi
count-new = { $n ->
    [one] { $count } nouveau
    [many] { $count } de nouveaux
   *[other] { $count } nouveaux
}
count-new-messages = { $n ->
    [one] { $count } nouveau message
    [many] { $count } de nouveaux messages
   *[other] { $count } nouveaux messages
}
count-messages = { $n ->
    [one] { $count } message
    [many] { $count } de messages
   *[other] { $count } messages
}
count-files = { $n ->
    [one] { $count } fichier
    [many] { $count } de fichiers
   *[other] { $count } fichiers
}
all-caught-up = Tout est lu
choose-a-message = Choisissez un message à gauche.
or-press-j = Ou appuyez sur J pour le premier.
pages = Pages
page-of = Page { $page } sur { $pages }
newer-messages = Messages plus récents
older-messages = Messages plus anciens
with-selected = Avec les messages choisis
selected-n = Sélection : %n
select-row = Sélectionner { $who } : { $subject }
row-new = Nouveau
row-to = À { $x }
row-nobody = Sans destinataire
row-unknown-sender = Expéditeur inconnu
preview-file = Fichier : { $x }
preview-encrypted = Message chiffré
row-answered = Répondu
row-forwarded = Transféré
row-starred = Favori
row-files = Avec fichiers
row-draft = Brouillon
no-subject = (sans objet)
empty-inbox = Tout est lu
empty-drafts = Aucun brouillon
empty-sent = Rien n’a encore été envoyé
empty-junk = Aucun indésirable
empty-trash = La corbeille est vide
empty-starred = Aucun favori
empty-folder = Ce dossier est vide
empty-filter = Aucun message ne convient
empty-search = Rien trouvé pour « { $x } »
show-all-in = Tout montrer dans { $x }

## Recherche
search-results = { $n ->
    [one] { $count } résultat
    [many] { $count } de résultats
   *[other] { $count } résultats
}
search-in = dans { $x }
search-words = Mots
search-where = Dossier
search-hint = La recherche parcourt un dossier à la fois.

## Actions
action-archive = Archiver
action-delete = Supprimer
action-delete-forever = Supprimer définitivement
action-junk = Indésirable
action-not-junk = Pas indésirable
action-move = Déplacer
action-more = Plus
action-read = Marquer comme lu
action-unread = Marquer comme nouveau
action-star = Ajouter aux favoris
action-unstar = Retirer des favoris
action-toggle-new = Marquer comme lu ou nouveau
action-toggle-star = Ajouter ou retirer des favoris
move-to = Déplacer vers
done-moved = { $n ->
    [one] Déplacé vers { $x }.
   *[other] { $count } messages déplacés vers { $x }.
}
done-read = { $n ->
    [one] Marqué comme lu.
   *[other] { $count } messages marqués comme lus.
}
done-unread = { $n ->
    [one] Marqué comme nouveau.
   *[other] { $count } messages marqués comme nouveaux.
}
done-star = { $n ->
    [one] Ajouté aux favoris.
   *[other] { $count } messages ajoutés aux favoris.
}
done-unstar = { $n ->
    [one] Retiré des favoris.
   *[other] { $count } messages retirés des favoris.
}
done-deleted = { $n ->
    [one] Supprimé définitivement.
   *[other] { $count } messages supprimés définitivement.
}
done-other = { $n ->
    [one] C’est fait.
   *[other] C’est fait pour { $count } messages.
}

## Notices
done-created = Le dossier { $x } a été créé pour cela.
nothing-selected = Rien n’est sélectionné. Choisissez d’abord des messages.
draft-saved = Enregistré dans Brouillons.
draft-saved-here = Enregistré ici. Le serveur de courrier ne répond pas ; la copie dans Brouillons suivra.
draft-discarded = Jeté. Le brouillon est dans la corbeille.
draft-elsewhere = Ce message a été envoyé ou jeté ailleurs. Votre texte est toujours là : copiez-le dans un nouveau message.
sent = Envoyé.
saved = Enregistré.
device-signed-out = L’appareil est déconnecté.
settings-bad-language = Choisissez une langue de la liste.
settings-bad-zone = Ce fuseau horaire est inconnu. Choisissez-en un dans la liste.
settings-too-long = Le nom tient en 200 caractères, la signature en 10 000. Raccourcissez, puis enregistrez à nouveau.
compose-too-many-recipients = Un message peut aller à { $x } personnes. Retirez-en.
compose-too-often = Vous avez envoyé beaucoup de messages. Rien n’est parti ; réessayez plus tard.
quote-wrote = Le { $date }, { $who } a écrit :
quote-wrote-undated = { $who } a écrit :
quote-forwarded = Message transféré

## Message
message-actions = Actions sur le message
message-from = Message de { $x }
message-is-draft = C’est un de vos brouillons.
message-cut = Ce message est trop grand ou trop embrouillé pour être montré en entier.
message-empty = Ce message n’a pas de texte.
continue-writing = Continuer à écrire
pictures-hidden = Les images du web sont masquées : l’expéditeur ne voit pas que vous avez ouvert ce message.
show-pictures = Montrer
pictures-always = Toujours pour cet expéditeur
pictures-always-shown = Les images de cet expéditeur s’affichent désormais toujours.
trackers-left-out = { $n ->
    [one] { $count } image espionne a été écartée.
    [many] { $count } d’images espionnes ont été écartées.
   *[other] { $count } images espionnes ont été écartées.
}
reply-elsewhere = Les réponses vont à une autre adresse :
first-message = Premier message de cette adresse.
doubt-no-address = Ce message n’indique aucune adresse d’expéditeur.
doubt-malformed = L’adresse de l’expéditeur n’est pas valable :
doubt-several = Plusieurs expéditeurs sont indiqués :
doubt-other-address = Le nom affiche une autre adresse. La vraie est :
doubt-lookalike = Cette adresse ressemble à une autre. La vraie est :
doubt-hidden = Le nom de l’expéditeur cache des caractères. L’adresse est :
doubt-mark = Le signe dans le nom ne prouve rien. L’adresse est :
doubt-owner = Ce nom vous désigne, mais l’adresse est :
doubt-long-name = Le nom de l’expéditeur est très long. L’adresse est :
charset = Jeu de caractères
charset-other = Autre jeu de caractères
charset-show = Montrer
charset-shown = Affiché dans le jeu de caractères { $x }.
charset-declared = Comme l’indique le message
charset-unicode = Unicode
charset-western = Europe occidentale
charset-central-european = Europe centrale
charset-cyrillic = Cyrillique
charset-greek = Grec
charset-turkish = Turc
charset-baltic = Balte
charset-hebrew = Hébreu
charset-arabic = Arabe
charset-thai = Thaï
charset-vietnamese = Vietnamien
charset-japanese = Japonais
charset-chinese = Chinois
charset-korean = Coréen
quoted-text = Texte cité
back-to = Retour : { $x }
back-to-message = Retour au message
position-of = { $n } sur { $total }
newer = Plus récent
older = Plus ancien
reply = Répondre
reply-all = Répondre à tous
reply-to = Répondre à { $x }
forward = Transférer
print = Imprimer
show-source = Montrer la source
show-as-text = Montrer en texte
show-designed = Montrer mis en page
show-as-letter = Montrer comme une lettre
shown-designed = Affiché mis en page.
shown-as-letter = Affiché comme une lettre.
shown-as-text = Affiché en texte simple.
view-always-kept = Les lettres de cet expéditeur s’ouvrent désormais ainsi.
letter-pictures = { $n ->
    [one] { $count } image du web est laissée de côté ici.
    [many] { $count } d’images du web sont laissées de côté ici.
   *[other] { $count } images du web sont laissées de côté ici.
}
save-message = Enregistrer dans un fichier
to-one = à { $x }
to-two = à { $a } et { $b }
to-many = à { $a }, { $b } et { $more } de plus
to-nobody-named = sans destinataire nommé
all-fields = Tous les champs d’en-tête
field-from = De
field-reply-to = Répondre à
field-to = À
field-cc = Cc
field-bcc = Cci
field-date = Date
field-received = Reçu
field-size = Taille
field-subject = Objet
field-text = Texte
source-title = Source
source-cut = Voici le début. Le message entier fait { $x } ; enregistrez-le dans un fichier pour tout voir.

## Confiance
verified = Vérifié : ce message vient bien de { $x }
not-verified = Non vérifié.
not-verified-text = Ce message prétend venir de { $x }, mais rien ne le prouve. Méfiez-vous des liens et des fichiers.
look-alike = Ce n’est pas votre adresse.
look-alike-text = { $x } ressemble seulement à { $own }. Ce domaine appartient à quelqu’un d’autre.
why = Pourquoi ?
spf-pass = SPF : { $x } autorise ce serveur à envoyer son courrier.
spf-fail = SPF : { $x } n’autorise pas ce serveur à envoyer son courrier.
spf-softfail = SPF : { $x } ne connaît pas ce serveur.
spf-unknown = SPF : { $x } ne dit rien de ce serveur.
dkim-pass = DKIM : la signature de { $x } est juste.
dkim-fail = DKIM : la signature de { $x } est fausse.
dkim-unknown = DKIM : aucune signature de { $x } n’a pu être contrôlée.
dmarc-pass = DMARC : { $x } répond de ce message.
dmarc-fail = DMARC : { $x } ne répond pas de ce message.
dmarc-unknown = DMARC : { $x } ne dit rien de ce message.
newsletter = Lettre d’information
mailing-list = Liste de diffusion
unsubscribe-at = Se désabonner sur { $x }
unsubscribe-by-mail = Se désabonner par e-mail
unsubscribe = Se désabonner
unsubscribed-from = Désabonnement de { $x }
unsubscribe-undo = Annuler
unsubscribe-refused = L’expéditeur ne l’a pas accepté. Désabonnez-vous autrement :
still-subscribed = Votre abonnement continue.
unsubscribe-too-late = Trop tard : la demande est déjà partie.
field-sender = Envoyé par
field-signed-by = Signé par
field-sent-through = Envoyé via
field-message-id = Identifiant
wrap-lines = Couper les longues lignes
copy = Copier
copied = Copié.
source-raw = Texte brut

## Fichiers
file-image = Image
file-audio = Son
file-video = Vidéo
file-calendar = Calendrier
file-text = Texte
file-message = Message
file-pdf = PDF
file-archive = Fichier d’archive
file-sheet = Feuille de calcul
file-slides = Présentation
file-document = Document
file-other = Fichier
file-risky = Ce fichier peut lancer des programmes.
file-carried = du message
save-file = Enregistrer { $x }
save-all = Tout enregistrer
viewer-place = %n sur %m
viewer-previous = Image précédente
viewer-next = Image suivante
viewer-unreadable = Cette image ne peut pas être affichée. Enregistrez-la.
remove-file = Retirer { $x }

## Écrire
compose-new = Nouveau message
compose-reply = Réponse
compose-reply-to = Réponse à { $x }
compose-forward = Transfert
compose-from = de
attach = Joindre
attach-files = Joindre des fichiers
attach-limit = jusqu’à { $x } par envoi
drop-to-attach = Déposez pour joindre
save-draft = Enregistrer le brouillon
send = Envoyer
discard = Jeter
close-writing = Fermer, le brouillon est gardé
saving = Enregistrement…
saved-at = Enregistré à %s
saved-at-time = Enregistré à { $x }
not-saved = Non enregistré, nouvel essai
text-is-kept = Votre texte est gardé.
compose-no-recipient = Il n’y a pas encore de destinataire. Écrivez une adresse dans le champ À.
compose-bad-addresses = { $n ->
    [one] Ceci ne ressemble pas à une adresse : { $x }
   *[other] Ceci ne ressemble pas à des adresses : { $x }
}
compose-not-your-address = Vous ne pouvez pas envoyer depuis cette adresse. Choisissez-en une autre.
compose-message-too-large = Le serveur accepte des messages jusqu’à { $x }. Retirez un fichier.
compose-upload-too-large = { $x } est trop lourd. Un envoi peut contenir { $limit }.
compose-file-too-large = %s fait %n. Un envoi peut contenir %m.
compose-too-many-files = { $n ->
    [one] Un message peut contenir { $count } fichier. Retirez-en un d’abord.
   *[other] Un message peut contenir { $count } fichiers. Retirez-en un d’abord.
}
compose-text-too-large = Le texte dépasse { $x }. Raccourcissez-le, puis enregistrez à nouveau.
upload-progress = Envoi, %n %
upload-failed = %s n’a pas pu être joint. Réessayez.

## À envoyer
outbox-lead = Messages en route, ou qui ont besoin de vous.
outbox-empty = Rien n’attend
outbox-queued = En attente.
outbox-sending = Envoi en cours.
outbox-sending-hint = Vous pouvez fermer cette page ; l’envoi continue tout seul.
outbox-accepted = Envoyé.
outbox-accepted-hint = La copie est en cours de classement dans Envoyés.
outbox-failed = Non envoyé.
outbox-failed-hint = Personne ne l’a reçu. Il est gardé dans Brouillons ; modifiez-le ou réessayez.
outbox-unknown = Peut-être envoyé.
outbox-unknown-hint = Le serveur l’a pris sans le confirmer. Demandez au destinataire avant de le renvoyer.
outbox-done = Envoyé.
outbox-done-hint = La copie est dans Envoyés.
outbox-reason = Réponse du serveur :
outbox-edit = Modifier
outbox-send-once-more = Envoyer encore une fois
outbox-show-sent = Montrer le message envoyé

## Connexion
sign-in = Se connecter
sign-out = Se déconnecter
sign-in-welcome = Bienvenue
good-morning = Bonjour
good-afternoon = Bon après-midi
good-evening = Bonsoir
sign-in-lead = Connectez-vous à votre courrier sur { $x }
email = Adresse e-mail
password = Mot de passe
password-for = Mot de passe de %s
keep-signed-in = Garder la session ouverte
keep-signed-in-hint = Seulement sur un appareil à vous
sign-in-refused = Cette adresse et ce mot de passe ne vont pas ensemble.
sign-in-too-many = { $n ->
    [one] Attendez { $count } seconde, puis réessayez.
   *[other] Attendez { $count } secondes, puis réessayez.
}
sign-in-unavailable = Le serveur de courrier ne répond pas. Réessayez dans une minute.
sign-in-timed-out = Le serveur de courrier tarde trop. Réessayez dans une minute.
sign-in-again = Veuillez vous reconnecter
sign-in-again-text = Votre session a expiré après une longue pause. Votre texte est en sûreté ; vous reprendrez ici.
sign-in-files = Ces fichiers sont à choisir de nouveau :
passing-on = Un instant

## Réglages
settings-look = Apparence
settings-names = Nom et signature
settings-reading = Lecture et vie privée
settings-devices = Sécurité et appareils
settings-theme = Thème
settings-theme-auto = Comme l’appareil
settings-theme-light = Clair
settings-theme-dark = Sombre
settings-like-device = Comme l’appareil
settings-language = Langue
settings-language-hint = Les dates et les nombres la suivent
settings-zone = Fuseau horaire
settings-zone-hint = Pour afficher les dates et les heures
settings-name = Votre nom
settings-name-hint = Ce que l’on voit à côté de votre adresse
settings-signature = Signature
settings-signature-hint = Placée à la fin de chaque nouveau message
devices-lead = Votre session est ouverte ici. Déconnectez ce que vous ne connaissez pas.
device-this = Celui-ci
device-times = Connexion : { $since } · Dernière activité : { $seen }
sign-out-device = Déconnecter { $x }
settings-view = Ouvrir les lettres
settings-view-hint = Quand elles ont une mise en page
settings-view-suits = Comme il convient à chacune
settings-view-letter = Comme une lettre, sans mise en page
settings-view-text = En texte simple
senders-none = Les images du web ne s’affichent qu’à votre demande.
senders-lead = Vos choix pour ces expéditeurs.
sender-forget = Oublier les choix pour { $x }
sender-pictures = Images affichées.

## Script
no-answer = Le serveur de courrier ne répond pas. Ce que vous voyez est gardé.
wait-n = Attendez %n s

## Erreurs
tell-administrator = Pour votre administrateur : { $x }
to-start = Vers l’accueil
search-for-it = Le rechercher
error-bad-request = Cette adresse ou ce formulaire ne va pas
error-bad-request-text = Rien n’a changé. Revenez en arrière et réessayez.
error-stalled = Tout n’est pas arrivé
error-stalled-text = La connexion s’est arrêtée. Rien n’a changé. Revenez en arrière et renvoyez.
error-unsupported-form = Ce formulaire est d’un format inconnu
error-unsupported-form-text = Rien n’a changé. Revenez en arrière et utilisez le formulaire de la page.
error-foreign-site = Cette demande vient d’un autre site
error-foreign-site-text = Rien n’a changé. Ouvrez votre courrier ici et recommencez.
error-no-page = Cette page n’existe pas
error-no-page-text = L’adresse est peut-être mal écrite. Votre courrier n’a pas bougé.
error-no-mailbox = Ce dossier n’est plus ici
error-no-mailbox-text = Il a été renommé ou supprimé ailleurs. Choisissez un autre dossier.
error-no-message = Ce message n’est plus ici
error-no-message-text = Il a été déplacé ou supprimé, peut-être sur un autre appareil.
error-no-draft = Ce brouillon n’est plus ici
error-no-draft-text = Il a été envoyé ou jeté. Regardez dans Envoyés, Brouillons ou Corbeille.
error-wrong-method = Cette page ne s’ouvre pas ainsi
error-wrong-method-text = Rien n’a changé. Revenez en arrière et utilisez le bouton.
error-ended-process = Ce message a déjà arrêté le programme
error-ended-process-text = Sa page n’est plus construite ; sa source reste lisible.
error-mailbox-changed = Ce dossier a été reconstruit
error-mailbox-changed-text = L’ancienne adresse ne mène nulle part. Rouvrez le dossier pour y retrouver le message.
error-too-large = C’est trop grand
error-too-large-text = Une demande peut contenir { $x }. Rien d’autre n’a changé.
error-wrong-host = Ce n’est pas l’adresse de votre courrier
error-wrong-host-text = Ce serveur est { $host }. Administrateur : donnez à POSTA_PUBLIC_URL l’adresse que l’on utilise.
error-too-many = Trop vite pour le serveur
error-too-many-text = { $n ->
    [one] Rien n’est perdu. Réessayez dans { $count } seconde.
   *[other] Rien n’est perdu. Réessayez dans { $count } secondes.
}
error-broken = Quelque chose s’est cassé chez nous
error-broken-text = Rien n’est perdu. Réessayez.
error-refused = Le serveur de courrier a refusé
error-refused-text = Rien n’a changé. Sa réponse : { $x }
error-unavailable = Le serveur de courrier ne répond pas
error-unavailable-text = Votre courrier y est en sûreté. Réessayez dans une minute.
error-busy = Le serveur de courrier est occupé
error-busy-text = Rien n’a changé. Réessayez dans un instant.
error-timed-out = Le serveur de courrier tarde trop
error-timed-out-text = Votre courrier y est en sûreté. Réessayez dans une minute.
error-over-quota = Votre boîte est pleine
error-over-quota-text = Rien n’a changé. Supprimez quelque chose définitivement, puis réessayez.

keys-title = Touches
keys-next = Suivant et précédent
keys-open = Ouvrir
keys-back = Retour
keys-inbox = Aller à Réception
keys-rest = Les touches se reposent tant que vous êtes dans la lettre

draft-kept = Un autre appareil a modifié ce brouillon. Son texte est gardé dans un brouillon à part.
draft-kept-show = Le montrer
failure-refused = Le serveur de courrier l’a refusé.
failure-too-large = Le serveur accepte des messages jusqu’à { $x }.
failure-signed-out = Votre mot de passe n’est plus accepté. Reconnectez-vous.
failure-submission-denied = Le serveur d’envoi n’accepte pas votre mot de passe. Parlez-en à votre administrateur.
failure-over-quota = Votre boîte est pleine. Supprimez d’abord quelque chose définitivement.
failure-not-international = Le serveur n’accepte pas les adresses avec ces lettres.
failure-unreachable = Le serveur de courrier est injoignable.
failure-timed-out = Le serveur de courrier a trop tardé.
failure-insecure = La connexion n’a pas pu être sécurisée. Parlez-en à votre administrateur.
failure-missing-file = Un fichier du message d’origine a disparu. Retirez-le ou joignez-le à nouveau.
failure-internal = Quelque chose s’est cassé chez nous.
failure-interrupted = Posta a redémarré pendant l’envoi.
failure-lost-reply = La connexion s’est rompue après la remise du message.

## Messages particuliers
attached-to = Joint à :
report-title = Rapport de remise
report-failed = Non remis à { $x }.
report-failed-because = Non remis à { $x } : { $why }.
report-delayed = Pas encore remis à { $x }. Le serveur essaie encore.
report-delayed-because = Pas encore remis à { $x } : { $why }. Le serveur essaie encore.
report-delivered = Remis à { $x }.
report-passed-on = Transmis pour { $x }.
report-said = Ce que l’autre serveur a dit
report-save = Enregistrer le rapport
why-no-address = cette adresse n’existe pas
why-no-domain = ce domaine ne reçoit pas de courrier
why-bad-address = l’adresse est mal écrite
why-moved = la boîte a déménagé
why-sender = votre propre adresse n’a pas été acceptée
why-address = l’adresse n’a pas été acceptée
why-mailbox-off = la boîte est désactivée
why-mailbox-full = la boîte est pleine
why-too-large = le message est trop volumineux
why-mailbox = la boîte ne l’a pas pris
why-system-full = l’autre serveur est plein
why-system = l’autre serveur a un problème
why-no-answer = l’autre serveur ne répond pas
why-no-route = aucun chemin vers l’autre serveur
why-loop = le message a tourné en rond
why-expired = cela a pris trop de temps
why-network = la connexion à l’autre serveur a échoué
why-protocol = les serveurs ne se sont pas compris
why-content = le contenu n’a pas été accepté
why-unproved = rien ne prouve que vous l’avez envoyé
why-policy = l’autre serveur ne le permet pas
receipt-title = Accusé de réception
receipt-displayed = { $x } a ouvert votre message.
receipt-deleted = { $x } a supprimé votre message.
receipt-dispatched = { $x } a transmis votre message.
receipt-processed = Un programme de { $x } a pris votre message.
receipt-denied = { $x } ne dit pas si le message a été ouvert.
receipt-failed = Le programme de { $x } n’a pas pu ouvrir votre message.
protected-encrypted = Ce message est chiffré. Il ne s’ouvre pas ici ; le fichier est plus bas.
protected-partly = Une partie de ce message est chiffrée. Elle ne s’ouvre pas ici ; le fichier est plus bas.
protected-signed = Ce message est signé. La signature n’a pas été vérifiée.
protected-inside = Ce message se trouve dans sa signature. Le fichier est plus bas.
fragment = Voici la partie { $n } d’un message plus grand.
fragment-of = Voici la partie { $n } sur { $total } d’un message plus grand.
event-request = Invitation
event-changed = Invitation modifiée
event-cancelled = Annulé
event-reply = Réponse à une invitation
event-counter = Une autre heure est proposée
event-publish = Événement
event-untitled = Sans titre
event-span = { $a } à { $b }
event-your-time = { $x }, votre heure
event-zone-time = { $x } ({ $zone })
event-local-time = { $x }, heure locale
event-all-day = Toute la journée
event-daily = Tous les jours
event-weekly = Toutes les semaines
event-monthly = Tous les mois
event-yearly = Tous les ans
event-repeats = Se répète
event-save = Enregistrer .ics
event-more = Le fichier peut contenir d’autres événements.
event-other-sender = C’est un événement de { $x }, qui n’est pas l’expéditeur.
answer-yes = { $x } vient
answer-no = { $x } ne vient pas
answer-maybe = { $x } viendra peut-être
answer-none = { $x } n’a pas décidé
people-title = Personnes
people-save = Enregistrer .vcf
file-mac = Détails Mac
file-outlook = Fichiers Outlook
file-signature = Signature

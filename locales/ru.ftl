## Папки и навигация
folder-inbox = Входящие
folder-drafts = Черновики
folder-sent = Отправленные
folder-archive = Архив
folder-junk = Спам
folder-trash = Корзина
starred = Отмеченные
outbox = К отправке
folders = Папки
search = Поиск
write = Написать
settings = Настройки
message = Письмо
messages = Письма
files = Файлы
nav-mailboxes = Почтовые ящики
nav-bar = Главные страницы
account = Учётная запись
skip-to-content = К содержанию страницы
skip-to-list = К списку писем
skip-to-message = К письму
skip-to-writing = К написанию письма
choose-a-folder = Выберите папку, чтобы увидеть письма в ней.

## Общие кнопки
apply = Применить
back = Назад
close = Закрыть
continue = Продолжить
remove = Убрать
save = Сохранить
select = Выбрать
try-again = Повторить
you = вам

## Дни
day-today = Сегодня
day-yesterday = Вчера
day-this-week = На этой неделе
day-last-week = На прошлой неделе

## Размеры
unit-b = Б
unit-kb = КБ
unit-mb = МБ

## Список
search-mail = Поиск писем
check-mail = Проверить почту
view-options = Вид списка
sort-by = Порядок
sort-newest = Сначала новые
sort-oldest = Сначала старые
sort-from = По отправителю
sort-subject = По теме
sort-largest = Сначала большие
sort-smallest = Сначала маленькие
filter = Показать
filter-all = Все
filter-new = Новые
filter-starred = Отмеченные
filter-files = С файлами
filter-to-me = Мне
count-new = { $n ->
    [one] { $count } новое
    [few] { $count } новых
   *[many] { $count } новых
}
count-new-messages = { $n ->
    [one] { $count } новое письмо
    [few] { $count } новых письма
   *[many] { $count } новых писем
}
count-messages = { $n ->
    [one] { $count } письмо
    [few] { $count } письма
   *[many] { $count } писем
}
count-files = { $n ->
    [one] { $count } файл
    [few] { $count } файла
   *[many] { $count } файлов
}
all-caught-up = Всё прочитано
choose-a-message = Выберите письмо слева.
or-press-j = Или нажмите J, чтобы открыть первое.
pages = Страницы
page-of = Страница { $page } из { $pages }
newer-messages = Более новые
older-messages = Более старые
with-selected = С выбранными письмами
selected-n = Выбрано: %n
select-row = Выбрать: { $who }, { $subject }
row-new = Новое
row-to = Кому: { $x }
row-nobody = Пока без получателя
row-unknown-sender = Неизвестный отправитель
preview-file = Файл: { $x }
preview-encrypted = Зашифрованное письмо
row-answered = Отвечено
row-forwarded = Переслано
row-starred = Отмечено
row-files = С файлами
row-draft = Черновик
no-subject = (без темы)
empty-inbox = Всё прочитано
empty-drafts = Черновиков нет
empty-sent = Ещё ничего не отправлено
empty-junk = Спама нет
empty-trash = Корзина пуста
empty-starred = Отмеченных писем нет
empty-folder = Эта папка пуста
empty-filter = Подходящих писем нет
empty-search = По запросу «{ $x }» ничего не найдено
show-all-in = Показать всё в папке «{ $x }»

## Поиск
search-results = { $n ->
    [one] { $count } письмо
    [few] { $count } письма
   *[many] { $count } писем
}
search-in = в папке «{ $x }»
search-words = Слова
search-where = Папка
search-hint = Поиск идёт в одной папке за раз.

## Действия
action-archive = В архив
action-delete = Удалить
action-delete-forever = Удалить навсегда
action-junk = Спам
action-not-junk = Не спам
action-move = Переместить
action-more = Ещё
action-read = Пометить прочитанным
action-unread = Пометить новым
action-star = Отметить звездой
action-unstar = Снять звезду
action-toggle-new = Пометить прочитанным или новым
action-toggle-star = Поставить или снять звезду
move-to = Переместить в
done-moved = { $n ->
    [one] { $count } письмо перемещено в папку «{ $x }».
    [few] { $count } письма перемещены в папку «{ $x }».
   *[many] { $count } писем перемещено в папку «{ $x }».
}
done-read = { $n ->
    [one] { $count } письмо помечено прочитанным.
    [few] { $count } письма помечены прочитанными.
   *[many] { $count } писем помечено прочитанными.
}
done-unread = { $n ->
    [one] { $count } письмо помечено новым.
    [few] { $count } письма помечены новыми.
   *[many] { $count } писем помечено новыми.
}
done-star = { $n ->
    [one] { $count } письмо отмечено звездой.
    [few] { $count } письма отмечены звездой.
   *[many] { $count } писем отмечено звездой.
}
done-unstar = { $n ->
    [one] Звезда снята с { $count } письма.
    [few] Звезда снята с { $count } писем.
   *[many] Звезда снята с { $count } писем.
}
done-deleted = { $n ->
    [one] { $count } письмо удалено навсегда.
    [few] { $count } письма удалены навсегда.
   *[many] { $count } писем удалено навсегда.
}
done-other = { $n ->
    [one] Готово: { $count } письмо.
    [few] Готово: { $count } письма.
   *[many] Готово: { $count } писем.
}

## Notices
done-created = Для этого создана папка «{ $x }».
nothing-selected = Ничего не выбрано. Сначала выберите письма.
draft-saved = Сохранено в «Черновиках».
draft-saved-here = Сохранено здесь. Почтовый сервер не отвечает; копия в «Черновиках» появится позже.
draft-discarded = Выброшено. Черновик лежит в «Корзине».
draft-elsewhere = Это письмо отправлено или выброшено в другом месте. Ваш текст ещё здесь: скопируйте его в новое письмо.
sent = Отправлено.
saved = Сохранено.
device-signed-out = Устройство отключено.
settings-bad-language = Выберите язык из списка.
settings-bad-zone = Такой часовой пояс неизвестен. Выберите из списка.
settings-too-long = Имя — до 200 знаков, подпись — до 10 000. Сократите и сохраните снова.
compose-too-many-recipients = Наибольшее число получателей: { $x }. Уберите лишних.
compose-too-often = Вы отправили много писем. Ничего не отправлено; попробуйте позже.
quote-wrote = { $date } { $who } пишет:
quote-wrote-undated = { $who } пишет:
quote-forwarded = Пересланное письмо

## Письмо
message-actions = Действия с письмом
message-from = Письмо от { $x }
message-is-draft = Это ваш черновик.
message-cut = Письмо слишком большое или запутанное, чтобы показать его целиком.
message-empty = В письме нет текста.
continue-writing = Продолжить
pictures-hidden = Картинки из интернета скрыты, поэтому отправитель не узнает, что вы открыли письмо.
show-pictures = Показать
pictures-always = Всегда для этого отправителя
pictures-always-shown = Картинки этого отправителя теперь показываются всегда.
trackers-left-out = { $n ->
    [one] { $count } следящая картинка не загружена.
    [few] { $count } следящие картинки не загружены.
   *[many] { $count } следящих картинок не загружено.
}
reply-elsewhere = Ответы уйдут на другой адрес:
first-message = Первое письмо с этого адреса.
doubt-no-address = В письме нет адреса отправителя.
doubt-malformed = Адрес отправителя не может быть настоящим:
doubt-several = Указано несколько отправителей:
doubt-other-address = В имени указан другой адрес. Настоящий адрес:
doubt-lookalike = Адрес похож на другой. На самом деле это:
doubt-hidden = В имени отправителя скрыты символы. Адрес:
doubt-mark = Значок в имени ничего не доказывает. Адрес:
doubt-owner = Имя указывает на вас, но адрес:
doubt-long-name = Имя отправителя очень длинное. Адрес:
charset = Кодировка
charset-other = Другая кодировка
charset-show = Показать
charset-shown = Показано в кодировке { $x }.
charset-declared = Как указано в письме
charset-unicode = Юникод
charset-western = Западная Европа
charset-central-european = Центральная Европа
charset-cyrillic = Кириллица
charset-greek = Греческий
charset-turkish = Турецкий
charset-baltic = Балтийский
charset-hebrew = Иврит
charset-arabic = Арабский
charset-thai = Тайский
charset-vietnamese = Вьетнамский
charset-japanese = Японский
charset-chinese = Китайский
charset-korean = Корейский
quoted-text = Цитата
back-to = Назад в папку «{ $x }»
back-to-message = Назад к письму
position-of = { $n } из { $total }
newer = Новее
older = Старее
reply = Ответить
reply-all = Ответить всем
reply-to = Ответить: { $x }
forward = Переслать
print = Печать
show-source = Показать исходный текст
show-as-text = Показать текстом
show-designed = Показать с оформлением
show-as-letter = Показать письмом
shown-designed = Показано с оформлением.
shown-as-letter = Показано письмом.
shown-as-text = Показано простым текстом.
view-always-kept = Письма этого отправителя теперь открываются так.
letter-pictures = { $n ->
    [one] { $count } картинка из интернета здесь не показана.
    [few] { $count } картинки из интернета здесь не показаны.
   *[many] { $count } картинок из интернета здесь не показано.
}
save-message = Сохранить в файл
to-one = кому: { $x }
to-two = кому: { $a } и { $b }
to-many = кому: { $a }, { $b } и ещё { $more }
to-nobody-named = получатель не указан
all-fields = Все поля заголовка
field-from = От
field-reply-to = Ответ на
field-to = Кому
field-cc = Копия
field-bcc = Скрытая
field-date = Дата
field-received = Получено
field-size = Размер
field-subject = Тема
field-text = Текст
source-title = Исходный текст
source-cut = Это начало. Всё письмо занимает { $x }; сохраните его в файл, чтобы увидеть целиком.

## Доверие
verified = Проверено: письмо пришло от { $x }
not-verified = Не проверено.
not-verified-text = Письмо якобы пришло от { $x }, но доказать это не удалось. Осторожнее со ссылками и файлами.
look-alike = Это не ваш адрес.
look-alike-text = { $x } лишь похож на { $own }. Это чужой домен.
why = Почему?
spf-pass = SPF: { $x } разрешает этому серверу отправлять свою почту.
spf-fail = SPF: { $x } не разрешает этому серверу отправлять свою почту.
spf-softfail = SPF: { $x } не знает этого сервера.
spf-unknown = SPF: { $x } ничего не говорит об этом сервере.
dkim-pass = DKIM: подпись { $x } верна.
dkim-fail = DKIM: подпись { $x } неверна.
dkim-unknown = DKIM: нет подписи { $x }, которую можно проверить.
dmarc-pass = DMARC: { $x } подтверждает это письмо.
dmarc-fail = DMARC: { $x } не подтверждает это письмо.
dmarc-unknown = DMARC: { $x } ничего не говорит об этом письме.
newsletter = Новостная рассылка
mailing-list = Список рассылки
unsubscribe-at = Отписаться на { $x }
unsubscribe-by-mail = Отписаться письмом
unsubscribe = Отписаться
unsubscribed-from = Вы отписались от { $x }
unsubscribe-undo = Отменить
unsubscribe-refused = Отправитель не принял запрос. Отпишитесь иначе:
still-subscribed = Вы остаётесь подписаны.
unsubscribe-too-late = Поздно: запрос уже отправлен.
field-sender = Отправил
field-signed-by = Подписано
field-sent-through = Отправлено через
field-message-id = Идентификатор
wrap-lines = Переносить длинные строки
copy = Копировать
copied = Скопировано.
source-raw = Без обработки

## Файлы
file-image = Картинка
file-audio = Звук
file-video = Видео
file-calendar = Календарь
file-text = Текст
file-message = Письмо
file-pdf = PDF
file-archive = Архив
file-sheet = Таблица
file-slides = Презентация
file-document = Документ
file-other = Файл
file-risky = Этот файл может запускать программы.
file-carried = из письма
save-file = Сохранить { $x }
save-all = Сохранить все
viewer-place = %n из %m
viewer-previous = Предыдущая картинка
viewer-next = Следующая картинка
viewer-unreadable = Эту картинку нельзя показать. Сохраните её.
remove-file = Убрать { $x }

## Написание
compose-new = Новое письмо
compose-reply = Ответ
compose-reply-to = Ответ: { $x }
compose-forward = Пересылка
compose-from = от
attach = Прикрепить
attach-files = Прикрепить файлы
attach-limit = до { $x } за одну загрузку
drop-to-attach = Отпустите, чтобы прикрепить
save-draft = Сохранить черновик
send = Отправить
discard = Выбросить
close-writing = Закрыть, черновик останется
saving = Сохранение…
saved-at = Сохранено в %s
saved-at-time = Сохранено в { $x }
not-saved = Не сохранено, пробуем снова
text-is-kept = Ваш текст сохранён.
compose-no-recipient = Получателя ещё нет. Впишите адрес в поле «Кому».
compose-bad-addresses = { $n ->
    [one] Это не похоже на адрес: { $x }
    [few] Это не похоже на адреса: { $x }
   *[many] Это не похоже на адреса: { $x }
}
compose-not-your-address = С этого адреса отправлять нельзя. Выберите другой.
compose-message-too-large = Сервер принимает письма до { $x }. Уберите какой-нибудь файл.
compose-upload-too-large = Файл { $x } слишком большой. За одну загрузку можно передать { $limit }.
compose-file-too-large = Файл %s занимает %n. За одну загрузку можно передать %m.
compose-too-many-files = { $n ->
    [one] В письме может быть { $count } файл. Сначала уберите один.
    [few] В письме может быть { $count } файла. Сначала уберите один.
   *[many] В письме может быть { $count } файлов. Сначала уберите один.
}
compose-text-too-large = Текст длиннее { $x }. Сократите его и сохраните снова.
upload-progress = Загрузка, %n %
upload-failed = Не удалось прикрепить %s. Попробуйте снова.

## К отправке
outbox-lead = Письма, которые уже в пути или ждут вашего решения.
outbox-empty = Ничего не ждёт
outbox-queued = Ждёт отправки.
outbox-sending = Отправляется.
outbox-sending-hint = Страницу можно закрыть, отправка продолжится сама.
outbox-accepted = Отправлено.
outbox-accepted-hint = Копия сейчас попадёт в «Отправленные».
outbox-failed = Не отправлено.
outbox-failed-hint = Никто его не получил. Письмо лежит в «Черновиках»: измените его или повторите.
outbox-unknown = Возможно, отправлено.
outbox-unknown-hint = Сервер принял письмо, но не подтвердил. Спросите получателя, прежде чем отправлять ещё раз.
outbox-done = Отправлено.
outbox-done-hint = Копия лежит в «Отправленных».
outbox-reason = Ответ сервера:
outbox-edit = Изменить
outbox-send-once-more = Отправить ещё раз
outbox-show-sent = Показать отправленное письмо

## Вход
sign-in = Войти
sign-out = Выйти
sign-in-welcome = Добро пожаловать
good-morning = Доброе утро
good-afternoon = Добрый день
good-evening = Добрый вечер
sign-in-lead = Войдите в свою почту на { $x }
email = Адрес почты
password = Пароль
password-for = Пароль для %s
keep-signed-in = Не выходить
keep-signed-in-hint = Только на вашем устройстве
sign-in-refused = Адрес и пароль не подходят друг к другу.
sign-in-too-many = { $n ->
    [one] Подождите { $count } секунду и попробуйте снова.
    [few] Подождите { $count } секунды и попробуйте снова.
   *[many] Подождите { $count } секунд и попробуйте снова.
}
sign-in-unavailable = Почтовый сервер не отвечает. Попробуйте через минуту.
sign-in-timed-out = Почтовый сервер слишком долго молчит. Попробуйте через минуту.
sign-in-again = Пожалуйста, войдите снова
sign-in-again-text = После долгой паузы вы вышли из почты. Всё написанное цело, и работа продолжится отсюда.
sign-in-files = Эти файлы нужно выбрать заново:
passing-on = Минутку

## Настройки
settings-look = Внешний вид
settings-names = Имя и подпись
settings-reading = Чтение и конфиденциальность
settings-devices = Безопасность и устройства
settings-theme = Тема
settings-theme-auto = Как на устройстве
settings-theme-light = Светлая
settings-theme-dark = Тёмная
settings-like-device = Как на устройстве
settings-language = Язык
settings-language-hint = От него зависят даты и числа
settings-zone = Часовой пояс
settings-zone-hint = В нём показаны даты и время
settings-name = Ваше имя
settings-name-hint = Его видят рядом с вашим адресом
settings-signature = Подпись
settings-signature-hint = Стоит в конце каждого нового письма
devices-lead = Здесь вы вошли в почту. Завершите сеансы, которых не узнаёте.
device-this = Это устройство
device-times = Вход: { $since } · Последняя активность: { $seen }
sign-out-device = Выйти на устройстве { $x }
settings-view = Открывать письма
settings-view-hint = Если у них есть оформление
settings-view-suits = Как подходит каждому
settings-view-letter = Письмом, без оформления
settings-view-text = Простым текстом
senders-none = Картинки из интернета показываются только по вашей просьбе.
senders-lead = Что вы выбрали для этих отправителей.
sender-forget = Забыть выбор для { $x }
sender-pictures = Картинки показываются.

## Скрипт
no-answer = Почтовый сервер не отвечает. То, что вы видите, сохранено.
wait-n = Подождите %n с

## Ошибки
tell-administrator = Для администратора: { $x }
to-start = На главную
search-for-it = Найти
error-bad-request = Адрес или форма с ошибкой
error-bad-request-text = Ничего не изменилось. Вернитесь назад и попробуйте снова.
error-stalled = Пришло не всё
error-stalled-text = Связь замерла. Ничего не изменилось. Вернитесь назад и отправьте снова.
error-unsupported-form = Форма пришла в неизвестном виде
error-unsupported-form-text = Ничего не изменилось. Вернитесь назад и воспользуйтесь формой на странице.
error-foreign-site = Запрос пришёл с другого сайта
error-foreign-site-text = Ничего не изменилось. Откройте почту здесь и повторите.
error-no-page = Такой страницы нет
error-no-page-text = Возможно, в адресе опечатка. Ваша почта на месте.
error-no-mailbox = Этой папки здесь больше нет
error-no-mailbox-text = Её переименовали или удалили в другом месте. Выберите другую папку.
error-no-message = Этого письма здесь больше нет
error-no-message-text = Его переместили или удалили, возможно, на другом устройстве.
error-no-draft = Этого черновика здесь больше нет
error-no-draft-text = Его отправили или выбросили. Посмотрите в «Отправленных», «Черновиках» или «Корзине».
error-wrong-method = Так эту страницу не открыть
error-wrong-method-text = Ничего не изменилось. Вернитесь назад и нажмите кнопку.
error-ended-process = Это письмо однажды остановило программу
error-ended-process-text = Его страница больше не строится; исходник можно прочитать.
error-mailbox-changed = Эту папку перестроили
error-mailbox-changed-text = Старый адрес больше никуда не ведёт. Откройте папку заново и найдите письмо там.
error-too-large = Это слишком много
error-too-large-text = Один запрос вмещает { $x }. Больше ничего не изменилось.
error-wrong-host = Это не адрес вашей почты
error-wrong-host-text = Этот сервер называется { $host }. Администратору: укажите в POSTA_PUBLIC_URL адрес, которым пользуются.
error-too-many = Слишком быстро для почтового сервера
error-too-many-text = { $n ->
    [one] Ничего не потеряно. Попробуйте снова через { $count } секунду.
    [few] Ничего не потеряно. Попробуйте снова через { $count } секунды.
   *[many] Ничего не потеряно. Попробуйте снова через { $count } секунд.
}
error-broken = У нас что-то сломалось
error-broken-text = Ничего не потеряно. Попробуйте снова.
error-refused = Почтовый сервер отказал
error-refused-text = Ничего не изменилось. Его ответ: { $x }
error-unavailable = Почтовый сервер не отвечает
error-unavailable-text = Ваша почта там в сохранности. Попробуйте через минуту.
error-busy = Почтовый сервер занят
error-busy-text = Ничего не изменилось. Попробуйте чуть позже.
error-timed-out = Почтовый сервер слишком долго молчит
error-timed-out-text = Ваша почта там в сохранности. Попробуйте через минуту.
error-over-quota = Ваш ящик переполнен
error-over-quota-text = Ничего не изменилось. Удалите что-нибудь навсегда и попробуйте снова.

keys-title = Клавиши
keys-next = Следующее и предыдущее
keys-open = Открыть
keys-back = Назад
keys-inbox = Перейти во «Входящие»
keys-rest = Пока вы внутри письма, клавиши отдыхают

draft-kept = Черновик изменили на другом устройстве. Тот текст сохранён отдельным черновиком.
draft-kept-show = Показать
failure-refused = Почтовый сервер его не принял.
failure-too-large = Сервер принимает письма до { $x }.
failure-signed-out = Ваш пароль больше не подходит. Войдите снова.
failure-submission-denied = Сервер отправки не принимает ваш пароль. Сообщите администратору.
failure-over-quota = Ваш ящик переполнен. Сначала удалите что-нибудь навсегда.
failure-not-international = Сервер не принимает адреса с такими буквами.
failure-unreachable = Почтовый сервер недоступен.
failure-timed-out = Почтовый сервер слишком долго молчал.
failure-insecure = Не удалось защитить соединение. Сообщите администратору.
failure-missing-file = Файл из исходного письма пропал. Уберите его или прикрепите заново.
failure-internal = У нас что-то сломалось.
failure-interrupted = Posta перезапустилась во время отправки.
failure-lost-reply = Соединение оборвалось после передачи письма.

## Особые письма
attached-to = Вложено в:
report-title = Отчёт о доставке
report-failed = Не доставлено: { $x }.
report-failed-because = Не доставлено { $x }: { $why }.
report-delayed = Ещё не доставлено: { $x }. Сервер продолжает попытки.
report-delayed-because = Ещё не доставлено { $x }: { $why }. Сервер продолжает попытки.
report-delivered = Доставлено: { $x }.
report-passed-on = Передано дальше: { $x }.
report-said = Что ответил другой сервер
report-save = Сохранить отчёт
why-no-address = такого адреса нет
why-no-domain = этот домен не принимает почту
why-bad-address = адрес написан неверно
why-moved = ящик переехал
why-sender = ваш адрес не приняли
why-address = адрес не приняли
why-mailbox-off = ящик отключён
why-mailbox-full = ящик переполнен
why-too-large = письмо слишком большое
why-mailbox = ящик его не принял
why-system-full = другой сервер переполнен
why-system = на другом сервере неполадка
why-no-answer = другой сервер не отвечает
why-no-route = путь к другому серверу не найден
why-loop = письмо ходило по кругу
why-expired = прошло слишком много времени
why-network = связь с другим сервером прервалась
why-protocol = серверы не поняли друг друга
why-content = содержимое не приняли
why-unproved = не доказано, что его отправили вы
why-policy = другой сервер этого не разрешает
receipt-title = Уведомление
receipt-displayed = Ваше письмо открыто: { $x }.
receipt-deleted = Ваше письмо удалено: { $x }.
receipt-dispatched = Ваше письмо передано дальше: { $x }.
receipt-processed = Ваше письмо приняла программа: { $x }.
receipt-denied = Не сообщается, открыто ли письмо: { $x }.
receipt-failed = Программа не смогла открыть ваше письмо: { $x }.
protected-encrypted = Письмо зашифровано. Здесь его не открыть; файл ниже.
protected-partly = Часть письма зашифрована. Здесь её не открыть; файл ниже.
protected-signed = Письмо подписано. Подпись не проверялась.
protected-inside = Письмо находится внутри подписи. Файл ниже.
fragment = Это часть { $n } большого письма.
fragment-of = Это часть { $n } из { $total } большого письма.
event-request = Приглашение
event-changed = Изменённое приглашение
event-cancelled = Отменено
event-reply = Ответ на приглашение
event-counter = Предложено другое время
event-publish = Событие
event-untitled = Без названия
event-span = { $a } – { $b }
event-your-time = { $x }, ваше время
event-zone-time = { $x } ({ $zone })
event-local-time = { $x }, местное время
event-all-day = Весь день
event-daily = Каждый день
event-weekly = Каждую неделю
event-monthly = Каждый месяц
event-yearly = Каждый год
event-repeats = Повторяется
event-save = Сохранить .ics
event-more = В файле могут быть и другие события.
event-other-sender = Это событие { $x }, но письмо прислал кто-то другой.
answer-yes = { $x }: да
answer-no = { $x }: нет
answer-maybe = { $x }: возможно
answer-none = { $x }: ещё не решено
people-title = Люди
people-save = Сохранить .vcf
file-mac = Данные Mac
file-outlook = Файлы Outlook
file-signature = Подпись

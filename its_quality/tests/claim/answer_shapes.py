"""Answers to our letters as the programs of Russian firms write them: ``{w}`` is what the
client says, ``{q}`` what is quoted of ours."""

# Answers, by the program that has quoted our letter.
ANSWERS = {
    "gmail": '<div dir="ltr">{w}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">пн, 1 мар. 2027 г. в 09:00, ИТС &lt;<a href="mailto:q@its.example.org">q@its.example.org</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><p>{q}</p></blockquote></div>',
    "owa": '<div class="elementToProof" style="font-family:Aptos">{w}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri" style="font-size:11pt"><b>От:</b> ИТС &lt;q@its.example.org&gt;<br><b>Отправлено:</b> 1 марта 2027 г. 9:00<br><b>Кому:</b> Директор<br><b>Тема:</b> Касса</font><div>&nbsp;</div></div><div><p>{q}</p></div>',
    "owa en": '<div>{w}</div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000"><b>From:</b> ITS &lt;q@its.example.org&gt;<br><b>Sent:</b> Monday<br><b>To:</b> x<br><b>Subject:</b> Касса</font></div><div><p>{q}</p></div>',
    "outlook mobile": '<div dir="ltr">{w}</div><div id="ms-outlook-mobile-signature">Получить <a href="https://aka.ms/o0ukef">Outlook для iOS</a></div><div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message skipProofing"><hr style="display: inline-block; width: 98%;"><div id="divRplyFwdMsg" dir="ltr"><b>От:</b> ИТС &lt;q@its.example.org&gt;<br><b>Отправлено:</b> понедельник<br><b>Тема:</b> Касса<br></div><div>{q}</div></div>',
    "outlook new": '<div class="WordSection1"><p class="MsoNormal">{w}<o:p></o:p></p><p class="MsoNormal">&nbsp;</p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From:</b> ITS [mailto:q@its.example.org] <br><b>Sent:</b> Monday<br><b>To:</b> x<br><b>Subject:</b> x</p></div><p class="MsoNormal">{q}</p></div>',
    "outlook mac": '<p class="MsoNormal">{w}</p><div id="mail-editor-reference-message-container"><div><div style="border-width:1pt medium medium;border-style:solid none none;border-color:rgb(181,196,223);padding:3pt 0cm 0cm"><p><b>От: </b>ИТС &lt;q@its.example.org&gt;<br><b>Дата: </b>понедельник<br><b>Тема: </b>x</p></div><p>{q}</p></div></div>',
    "outlook rgb": '<div><p>{w}</p><div style="border-right:none; border-bottom:none; border-left:none; border-image:initial; border-top:1pt solid rgb(225,225,225); padding:3pt 0cm 0cm"><p><b>От:</b> ИТС &lt;q@its.example.org&gt;<br><b>Тема:</b> x</p></div><p>{q}</p></div>',
    "yandex": '<div>{w}</div><div> </div><div>01.03.2027, 09:00, "ИТС" &lt;q@its.example.org&gt;:</div><blockquote><p>{q}</p></blockquote>',
    "yandex old": '<div>{w}</div><div><br></div><div>-- <br>С уважением, Пётр</div><div><br></div><div>01.03.2027, 09:00, "ИТС" &lt;q@its.example.org&gt;:</div><blockquote type="cite"><p>{q}</p></blockquote>',
    "mail.ru": '<div>{w}<br><br><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">Понедельник, 1 марта 2027, 9:00 +03:00 от ИТС &lt;q@its.example.org&gt;:<br>&nbsp;<div><p>{q}</p></div></blockquote></div>',
    "mail.ru 2": '<div>{w}</div><div>&nbsp;</div><div data-signature-widget="container"><div data-signature-widget="content"><div>--<br>Пётр</div></div></div><div>&nbsp;</div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px">{q}</blockquote>',
    "thunderbird": '<p>{w}</p><div class="moz-cite-prefix">01.03.2027 9:00, ИТС пишет:<br></div><blockquote type="cite" cite="mid:1@x"><p>{q}</p></blockquote>',
    "apple": '<div>{w}</div><div><br><blockquote type="cite"><div>1 марта 2027 г., в 09:00, ИТС &lt;q@its.example.org&gt; написал(а):</div><br class="Apple-interchange-newline"><div>{q}</div></blockquote></div>',
    "roundcube": '<p>{w}</p><p id="reply-intro">ИТС писал(а) 2027-03-01 09:00:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">{q}</blockquote>',
    "zimbra": '<div>{w}</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>От: </b>"ИТС" &lt;q@its.example.org&gt;<br><b>Кому: </b>x<br><b>Тема: </b>x<br></div><div data-marker="__QUOTED_TEXT__">{q}</div>',
    "bitrix": "<div>{w}</div><br><hr><br>---------- Исходное сообщение ----------<br>От: ИТС &lt;q@its.example.org&gt;<br>Дата: 01.03.2027<br>Тема: x<br><br>{q}",
    "rambler": "<div>{w}</div><br>01.03.2027, 09:00, ИТС &lt;q@its.example.org&gt;<br><blockquote>{q}</blockquote>",
}
ANSWERS_IN_PLAIN = {
    "arrows": "{w}\n\n> {q}\n> ещё",
    "tb": "{w}\n\n01.03.2027 9:00, ИТС пишет:\n> {q}\n",
    "gmail": "{w}\n\nпн, 1 мар. 2027 г. в 09:00, ИТС <q@its.example.org>:\n\n> {q}\n",
    "gmail wrap": "{w}\n\nпн, 1 мар. 2027 г. в 09:00, Отдел качества компании ИТС Киров\n<q@its.example.org>:\n\n> {q}\n",
    "outlook": "{w}\n\nС уважением, Пётр\n\nОт: ИТС [mailto:q@its.example.org]\nОтправлено: 1 марта 2027 г. 9:00\nКому: Директор\nТема: Касса\n\n{q}\n",
    "outlook en": "{w}\n\nFrom: ITS <q@its.example.org>\nSent: Monday, March 1, 2027 9:00 AM\nTo: x\nSubject: Касса\n\n{q}\n",
    "mail.ru": "{w}\n\nПонедельник, 1 марта 2027, 9:00 +03:00 от ИТС <q@its.example.org>:\n\n> {q}\n",
    "yandex": '{w}\n\n01.03.2027, 09:00, "ИТС" <q@its.example.org>:\n\n{q}\n',
    "bat": "{w}\n\nВы писали 1 марта 2027 г., 9:00:\n\n> {q}\n",
    "line": "{w}\n\n________________________________\nОт: ИТС <q@its.example.org>\nОтправлено: x\nТема: x\n\n{q}",
    "original": "{w}\n\n-----Original Message-----\nFrom: ITS <q@its.example.org>\nSubject: x\n\n{q}",
    "original ru": "{w}\n\n-----Исходное сообщение-----\nОт: ИТС\nТема: x\n\n{q}",
    "ios": "{w}\n\nОтправлено с iPhone\n\n> 1 марта 2027 г., в 09:00, ИТС <q@its.example.org> написал(а):\n> \n> {q}\n",
}

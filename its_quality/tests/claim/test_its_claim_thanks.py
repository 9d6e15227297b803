from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import BaseCase, freeze_time, tagged

from ...models.claim import client_page, escalation
from ...tools.by_code import by_code
from ...tools.thanks import is_thanks
from .common import NOW, EmailCase

PEOPLE = "Анна Сергеевна Кузнецова John Smith"
SIGNED = (
    "\n\n-- \nС уважением,\nОльга Иванова\nГлавный бухгалтер\n"
    "ООО «Ромашка»\nтел. +7 8332 12-34-56, olga@klever.example.com"
)
YES = (
    "Спасибо!",
    "спасибо",
    "СПАСИБО!",
    "👍",
    "Спасибо 🙏",
    "Спасибо большое!",
    "Большое спасибо, Анна!",
    "Спасибо, Анна Сергеевна!",
    "Да, всё работает, спасибо",
    "Да, все работает, спасибо.",
    "Всё работает",
    "Снова работает, благодарим",
    "Благодарю за помощь",
    "Спасибо за оперативную работу!",
    "Спасибо за быстрый ответ",
    "Вопросов больше нет, спасибо",
    "Проблема решена, спасибо",
    "Добрый день! Всё в порядке, спасибо.",
    "Отлично, спасибо))",
    "Можно закрывать, спасибо",
    f"Спасибо!{SIGNED}",
    "Спасибо\nОтправлено из мобильной Почты",
    "Спасибо!\n\n> Здравствуйте! Не работает отчёт",
    "Спасибо!\n01.12.2026, 10:15, «ИТС» <q@its.example.org>:\nНе работает отчёт",
    "Thanks!",
    "Thanks, John!",
    "Thank you for your quick help!",
    "Yes, everything works now, thanks",
    "Solved, thank you",
    "The issue is resolved, thank you",
    "Принято, спасибо",
    "Понятно, спасибо!",
    "Получили, спасибо",
    "Отчёт ушёл, спасибо",
    "Отчёт сдали, спасибо!",
    "Ура, заработало!",
    "Спасибо! Проверили, всё работает.",
    "Теперь работает как надо",
    "Всё верно",
    "Претензий не имеем",
    "Всё, спасибо, уже не надо",
    "Спасибо за быстрое решение нашего вопроса!",
    "Спасибо за консультацию",
    "Спасибо, что так быстро помогли!",
    "Большое вам человеческое спасибо",
    "Спасибо за помощь, хорошего дня!",
    "Спасибо, с наступающим!",
    "Спасибо. С уважением, Иванова Мария",
    "Спасибо!\nОтправлено с iPhone",
    "Спасибо!\nОтправлено из Яндекс Почты для мобильных",
    "Дякую",
    "Got it, thanks",
    "Much appreciated",
    "Thanks again",
    "Все отлично! Спасибо вам за помощь и терпение!",
    "Спасибо большое 🌹",
    "Спасибо, можете закрывать",
    "Спасибо, закройте заявку",
    "Ошибка исправлена, спасибо",
    "Ошибка больше не появляется, спасибо",
    "Спасибо, документ провёлся",
    "Спасибо, касса снова печатает",
    "Доброе утро! У нас всё в норме, спасибо",
    "Спасибо, Анна Сергеевна, Вы нас очень выручили!",
    "Спасибо за Вашу оперативность и профессионализм!",
    "Ещё раз спасибо!",
    "Спасибо ещё раз за помощь",
    "Спасибо\u200b!",
    "Спасибо!\n\nSent from Outlook for iOS",
    "Спасибо!\n\nПолучить Outlook для Android<https://aka.ms/x>",
    "Спасибо!\n\n______________\nОт: ИТС <q@its.example.org>\nТема: x\nНе работает",
    "Спасибо!\nС уважением, Петров П.П.\nтел.: 8(8332)12-34-56\nг. Киров, ул. Ленина, д. 5",
    "Спасибо большое за помощь в решении вопроса!",
    "Спасибо, теперь все отправляется",
    "Все ушло, спасибо",
    "Мы довольны, спасибо",
    "Спасибо. Удачи!",
    "Спасибо, счёт получили",
    "Great job, thank you!",
    "Thanks for fixing it",
    "Works perfectly, thank you",
    "Thank you, that worked",
    "Спасибо!\n\nОтправлено с моего Samsung Galaxy смартфона",
    "Спасибо!\n\nИванова Ольга,\nглавный бухгалтер",
    "Спасибо!\nООО «Ромашка»",
    "Спасибо!\n\nЭто сообщение и любые вложения являются конфиденциальными",
    "Спасибо!\n\nДанное письмо проверено антивирусом Avast",
)
NO = (
    "",
    "Да",
    "Здравствуйте!",
    "Спасибо, но не работает",
    "спасибо, но всё ещё не работает",
    "Не работает, спасибо",
    "Спасибо, не помогло",
    "Нет, спасибо",
    "Спасибо. Перезвоните",
    "Спасибо, Перезвоните",
    "Спасибо, жду решения",
    "Спасибо, а когда исправите?",
    "Всё работает?",
    "Спасибо за ничего",
    "Спасибо, опять ошибка",
    "Проблема, спасибо",
    "Спасибо. Проблема снова",
    "Решена, спасибо, другая проблема",
    "Пока работает, спасибо",
    "Заработало и сломалось",
    "Не очень хорошо, спасибо",
    "Хорошо, ждём",
    "Спасибо((",
    "Спасибо :(",
    "Спасибо 👎",
    "СПАСИБО, НЕ РАБОТАЕТ",
    "Спасибо, Вы Мошенники",
    "Спасибо. Удалите мои данные",
    "Спасибо. С уважением, Ольга. P.S. отчёт не ушёл",
    "Спасибо!\nС уважением, Ольга\nP.S. программа виснет",
    "Спасибо!\nС уважением, Ольга. Перезвоните",
    f"Не работает, спасибо{SIGNED}",
    "Спасибо! " * 30,
    "Thanks, but it does not work",
    "Thank you, still broken",
    "thanks for nothing",
    "Is it fixed now?",
    "Thanks. Another problem",
    "Спасибо, получили ошибку",
    "Получили письмо",
    "Отчёт отправлен",
    "Отчёт не принят, спасибо",
    "Спасибо, отчёты сами не ушли",
    "Спасибо. С уважением отношусь, но уходим",
    "Спасибо, что не помогли",
    "Спасибо, что помогли, но не всё",
    "Спасибо, проверим",
    "Уже не надо, уходим от вас",
    "Не работает как надо",
    "Всё верно не работает",
    "Здорово, что опять",
    "С новым годом, когда почините",
    "Хорошего дня",
    "Класс, опять упало",
    "Вы лучшие, а касса стоит",
    "Спасибо за такую работу, второй день стоим",
    "Работает раз в день",
    "Спасибо, можно ещё раз",
    "Спасибо, можно ещё отчёт",
    "Спасибо, ещё документы",
    "Спасибо, и ещё",
    "Спасибо, отчёт",
    "Это у вас работает",
    "У вас всё хорошо",
    "Спасибо, документы сами отправили",
    "Спасибо, закройте доступ",
    "Ошибка появляется, спасибо",
    "Ошибка исправлена, но другая осталась",
    "Касса работает, а обмен нет",
    "Работает через раз, спасибо",
    "Thanks. Again",
    "Заранее спасибо",
    "Ну спасибо вам большое",
    "Всё работает, кроме печати",
    "Заработало только на одном компьютере, спасибо",
    "Спасибо!\nДиректор недоволен",
    "Спасибо!\nДиректор\nНе печатает",
    "Спасибо!\nООО Ромашка\nКасса стоит",
    "Спасибо.\nЭто сообщение про вирус снова появилось",
    "Спасибо.\nДанное письмо не отправляется",
)


@tagged("post_install", "-at_install")
class TestThanks(BaseCase):
    def test_what_only_thanks(self):
        for expected, texts in ((True, YES), (False, NO)):
            for text in texts:
                with self.subTest(text):
                    self.assertEqual(is_thanks(text, PEOPLE), expected)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaimThanks(EmailCase):
    """Letters that thank reopen nothing; what was reopened by mistake is put back."""

    def write_back(self, claim, body):
        """A letter of the client about a claim.

        :return: claims that came of it
        """
        return self.receive(
            subject=f"Re: {claim.name}", body=body, headers=self.reply_headers(claim)
        )

    def outgoing(self, claim):
        self.env.flush_all()
        return self.env["mail.mail"].search(
            [
                ("model", "=", "its.claim"),
                ("res_id", "=", claim.id),
                ("state", "=", "outgoing"),
                ("scheduled_date", "!=", False),
            ]
        )

    def notices(self, claim):
        return self.env["mail.message.schedule"].search(
            [("mail_message_id.res_id", "=", claim.id)]
        )

    # -------------------------------------------------------------------------
    # Thanks
    # -------------------------------------------------------------------------

    def test_thanks_leave_a_claim_closed(self):
        claim = self.claim_at("closed").sudo()
        movements = len(claim.movement_ids)
        self.assertFalse(self.write_back(claim, "<p>Спасибо!</p>"))
        self.assertEqual(claim.state, "closed")
        self.assertEqual(len(claim.movement_ids), movements)
        self.assertEqual(claim.answer_words, "Спасибо!")
        self.assertIn("Спасибо!", claim.message_ids[0].body)

    def test_a_complaint_with_thanks_reopens(self):
        claim = self.claim_at("closed").sudo()
        self.write_back(claim, "<p>Спасибо, но не работает</p>")
        self.assertEqual(claim.state, "in_progress")

    def test_thanks_that_come_late_are_no_new_claim(self):
        claim = self.claim_at("closed").sudo()
        with freeze_time("2027-04-20 09:00:00"):
            self.assertFalse(self.write_back(claim, "<p>Спасибо!</p>"))
            self.assertEqual(claim.answer_words, "Спасибо!")
            self.assertTrue(self.write_back(claim, "<p>Опять не работает</p>"))
        self.assertEqual(claim.state, "closed")

    def test_thanks_of_a_rejected_claim(self):
        claim = self.claim_at("rejected").sudo()
        self.assertFalse(self.write_back(claim, "<p>Спасибо</p>"))

    def test_an_answer_by_mail_is_a_proposed_verdict(self):
        claim = self.claim_at("follow_up").sudo()
        self.write_back(claim, "<p>Да, всё работает, спасибо</p>")
        self.assertEqual(claim.state, "follow_up")
        self.assertEqual(claim.answer_verdict, "5")
        seen = self.by(claim, "quality_manager")
        self.assertEqual(seen.answer_words, "Да, всё работает, спасибо")
        seen.action_accept_answer()
        self.assertEqual((claim.state, claim.satisfaction), ("closed", "5"))
        self.assertEqual(claim.satisfaction_via, "mail")
        self.assertEqual(claim.client_comment, "Да, всё работает, спасибо")

    def test_an_unclear_answer_is_shown_without_a_verdict(self):
        claim = self.claim_at("follow_up").sudo()
        self.write_back(claim, "<p>Посмотрим завтра</p>")
        self.assertEqual(claim.answer_words, "Посмотрим завтра")
        self.assertFalse(claim.answer_verdict)
        with self.assertRaisesRegex(UserError, "has not answered"):
            self.by(claim, "quality_manager").action_accept_answer()
        for role in ("worker", "head", "client_manager"):
            with self.subTest(role), self.assertRaises(UserError):
                self.by(claim, role).action_accept_answer()

    def test_who_has_answered_is_not_closed_as_not_confirmed(self):
        claim = self.claim_at("follow_up").sudo()
        self.write_back(claim, "<p>Да, всё работает, спасибо</p>")
        with freeze_time("2027-04-20 09:00:00"):
            escalation.watch(claim, self.company)
        self.assertEqual(claim.state, "follow_up")

    def test_another_asking_forgets_the_answer(self):
        claim = self.claim_at("follow_up").sudo()
        self.write_back(claim, "<p>Да, всё работает, спасибо</p>")
        self.go(claim, "reopen")
        self.assertFalse(claim.answer_words or claim.answer_verdict)

    # -------------------------------------------------------------------------
    # Putting back
    # -------------------------------------------------------------------------

    def test_what_was_reopened_by_a_letter_is_put_back(self):
        claim = self.claim_at("closed").sudo()
        names = ("satisfaction", "satisfaction_via", "date_closed", "on_time", "asking")
        before = {name: claim[name] for name in (*names, "date_deadline")}
        moment = fields.Datetime.now() + timedelta(hours=30)
        with freeze_time(moment):
            self.write_back(claim, "<p>Оплата прошла, ждите акт</p>")
            self.assertEqual(claim.state, "in_progress")
            self.assertTrue(self.by(claim, "quality_manager").can_restore_closed)
            self.assertFalse(self.by(claim, "worker").can_restore_closed)
            self.by(claim, "quality_manager").action_restore()
        self.assertEqual(claim.state, "closed")
        self.assertEqual({name: claim[name] for name in before}, before)
        self.assertEqual(claim.reopen_count, 0)
        last = claim.movement_ids[-1]
        self.assertEqual((last.from_state, last.to_state), ("in_progress", "closed"))
        self.assertEqual(last.user_id, self.quality_manager)
        self.assertFalse(self.todos(claim))

    def test_moments_with_parts_of_seconds(self):
        """As another program writes them into the database."""
        claim = self.claim_at("closed").sudo()
        moment = fields.Datetime.now()
        by_code(claim).date_closed = moment + timedelta(microseconds=886055)
        self.env.flush_all()
        self.go(claim, "reopen_closed")
        self.by(claim, "quality_manager").action_restore()
        self.assertEqual((claim.state, claim.date_closed), ("closed", moment))

    def test_a_wrong_press_is_undone(self):
        """Back to asking the client, by the link they have."""
        claim = self.claim_at("follow_up").sudo()
        token, asked = claim.access_token, claim.asked_on
        self.go(claim, "reopen")
        self.assertNotEqual(claim.access_token, token)
        self.by(claim, "quality_manager").action_restore()
        self.assertEqual(claim.state, "follow_up")
        self.assertEqual((claim.access_token, claim.asked_on), (token, asked))
        self.assertEqual(claim.reopen_count, 0)
        self.assertEqual(len(self.todos(claim)), 1)

    def test_letters_wait_until_it_cannot_be_undone(self):
        self.worker.notification_type = "email"
        claim = self.claim_at("closed").sudo()
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        due = fields.Datetime.now() + timedelta(seconds=self.company.its_undo_seconds)
        self.write_back(claim, "<p>Оплата прошла, ждите акт</p>")
        letter = self.outgoing(claim)
        self.assertEqual(letter.scheduled_date, due)
        self.assertEqual(set(self.notices(claim).mapped("scheduled_datetime")), {due})
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(due, triggers.mapped("call_at"))

    def test_undone_in_time_nothing_leaves(self):
        self.worker.notification_type = "email"
        claim = self.claim_at("closed").sudo()
        texts = claim.message_ids
        self.write_back(claim, "<p>Оплата прошла, ждите акт</p>")
        self.assertTrue(self.outgoing(claim))
        self.assertTrue(self.notices(claim))
        self.by(claim, "quality_manager").action_restore()
        self.assertFalse(self.outgoing(claim))
        self.assertFalse(self.notices(claim).filtered("scheduled_datetime"))
        kept = claim.message_ids - texts
        self.assertTrue(kept.filtered(lambda one: "Оплата прошла" in one.body))
        self.assertFalse(kept.filtered(lambda one: "E-mail" in one.body))
        told = self.env["mail.message"].search(
            [("model", "=", "its.claim"), ("message_type", "=", "user_notification")]
        )
        self.assertFalse(
            told.filtered(
                lambda one: one.res_id == claim.id and "mistake" in one.subject
            )
        )

    def test_undone_late_the_letter_has_left(self):
        claim = self.claim_at("closed").sudo()
        self.write_back(claim, "<p>Оплата прошла, ждите акт</p>")
        letter = self.outgoing(claim)
        letter.state = "sent"
        self.by(claim, "quality_manager").action_restore()
        self.assertTrue(letter.exists())
        self.assertEqual(claim.state, "closed")

    def test_undone_late_the_responsible_person_hears_it(self):
        claim = self.claim_at("closed").sudo()
        self.write_back(claim, "<p>Оплата прошла, ждите акт</p>")
        self.outgoing(claim).state = "sent"
        self.notices(claim)._send_notifications()
        self.by(claim, "quality_manager").action_restore()
        told = self.env["mail.message"].search(
            [("model", "=", "its.claim"), ("res_id", "=", claim.id)], limit=1
        )
        self.assertIn("reopened by mistake", told.subject)
        self.assertEqual(told.partner_ids, self.worker.partner_id)

    def test_only_right_after_it_was_reopened(self):
        claim = self.claim_at("closed").sudo()
        with self.assertRaisesRegex(
            UserError, "cannot go|can only be done|right after"
        ):
            self.by(claim, "quality_manager").action_restore()
        self.go(claim, "reopen_closed")
        self.fill(claim, "hand_over")
        self.go(claim, "hand_over")
        self.go(claim, "rework")
        self.assertFalse(self.by(claim, "quality_manager").can_restore_closed)
        with self.assertRaisesRegex(UserError, "right after"):
            self.by(claim, "quality_manager").action_restore()
        first = self.claim_at("in_progress")
        with self.assertRaisesRegex(UserError, "right after"):
            self.by(first, "quality_manager").action_restore()

    def test_the_clients_own_verdict_stands(self):
        """What they have said by a button on their page is not undone."""
        asked = self.claim_at("follow_up").sudo()
        asked._record_client_verdict("1", "Не помогло")
        closed = self.claim_at("closed").sudo()
        client_page.come_back(closed, "Опять не работает")
        for claim in (asked, closed):
            self.assertEqual(claim.state, "in_progress")
            with self.assertRaisesRegex(UserError, "right after"):
                self.by(claim, "quality_manager").action_restore()

import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";

const LETTERS_OFF = "its_quality.call_desk.letters_off";

/** Whether single letters press buttons, as each user likes it on this computer. */
export const letters = {
    areOn: () => !browser.localStorage.getItem(LETTERS_OFF),
    set(on) {
        if (on) {
            browser.localStorage.removeItem(LETTERS_OFF);
        } else {
            browser.localStorage.setItem(LETTERS_OFF, "1");
        }
    },
};

/** All keys of the desk, three hints for the first days, and the switch of the letters. */
export class DeskHelp extends Component {
    static template = "its_quality.DeskHelp";
    static components = { Dialog };
    static props = { close: Function };

    get keys() {
        return [
            ["/", _t("Find any client")],
            ["↑ ↓", _t("The next client of the queue, or the one before")],
            ["⏎", _t("Reached; asks first if nothing was noted")],
            ["Ctrl ⏎", _t("The same while you write")],
            ["N", _t("No answer")],
            ["P", _t("Call back at a time")],
            ["R", _t("Refused")],
            ["W", _t("Wrong number")],
            ["C", _t("Register a claim")],
            ["T", _t("Write down what was said")],
            ["U", _t("Undo what was recorded last")],
            ["0 … 10", _t("In a question: the mark")],
            ["Esc", _t("Close what is open")],
            ["?", _t("This help")],
        ];
    }

    get hints() {
        return [
            _t("Find anybody on top, also those whom nobody has planned to call."),
            _t(
                "Everything can be undone: for half a minute from the notice, and until the evening under «Done».",
            ),
            _t("What you write is kept, even if the browser is closed in the middle."),
        ];
    }

    get lettersOn() {
        return letters.areOn();
    }

    setLetters(ev) {
        letters.set(ev.target.checked);
    }
}

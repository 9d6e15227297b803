import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { debounce } from "@web/core/utils/timing";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

const PAUSE = 1500;

/**
 * Reminds whoever has promised to call back, on whatever page they are, at the time the
 * client has asked for; once, however many windows are open.
 */
export const callReminders = {
    dependencies: ["action", "bus_service", "notification", "orm"],
    start(env, { action, bus_service: bus, notification, orm }) {
        if (!session.its_desk) {
            return;
        }
        let timers = [];

        function remind(call) {
            const mark = `its_quality.reminded.${call.id}.${call.at}`;
            if (browser.localStorage.getItem(mark)) {
                return;
            }
            browser.localStorage.setItem(mark, "1");
            notification.add(
                _t("%(client)s asked to be called at %(time)s.", {
                    client: call.client,
                    time: deserializeDateTime(call.at).toFormat("HH:mm"),
                }),
                {
                    title: _t("Call back"),
                    type: "warning",
                    sticky: true,
                    buttons: [
                        {
                            name: _t("Call now"),
                            primary: true,
                            onClick: () =>
                                action.doAction({
                                    type: "ir.actions.client",
                                    tag: "its_quality.call_desk",
                                    name: _t("Call Desk"),
                                    params: { call_id: call.id },
                                }),
                        },
                    ],
                },
            );
        }

        async function load() {
            let calls = [];
            try {
                calls = await orm.silent.call("its.call.desk", "get_reminders", []);
            } catch {
                // The server is away, or the session is over: asked again at a change.
                return;
            }
            timers.forEach((timer) => browser.clearTimeout(timer));
            timers = calls.map((call) =>
                browser.setTimeout(
                    () => remind(call),
                    Math.max(0, deserializeDateTime(call.at).diffNow().toMillis()),
                ),
            );
        }

        bus.subscribe("its_desk/changed", debounce(load, PAUSE));
        load();
    },
};

registry.category("services").add("its_call_reminders", callReminders);

import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Where each role begins its day; of an administrator also the first hour. */
export class ItsHome extends Component {
    static template = "its_quality.Home";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({
            home: null,
            // By the key of a part: the tile whose oldest are shown.
            chosen: { ...this.props.state?.chosen },
            // Whether a finished checklist is unfolded.
            unfolded: false,
            busy: false,
        });
        useSetupAction({
            getLocalState: () => ({ chosen: { ...this.state.chosen } }),
        });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.home = await this.orm.call("its.home", "get_home", []);
    }

    // ------------------------------------------------------------------------
    // The first hour
    // ------------------------------------------------------------------------

    get steps() {
        return this.state.home.steps || [];
    }

    get done() {
        return this.steps.filter((step) => step.done).length;
    }

    get isFinished() {
        return this.done === this.steps.length;
    }

    /** The first step that is not done is the next one. */
    get next() {
        return this.steps.find((step) => !step.done)?.key;
    }

    get progress() {
        return _t("%(done)s of %(all)s done", {
            done: this.done,
            all: this.steps.length,
        });
    }

    icon(step) {
        if (step.done) {
            return "fa-check-circle text-success";
        }
        return step.key === this.next ? "fa-dot-circle-o text-primary" : "fa-circle-o";
    }

    mark(step) {
        return step.done ? _t("Done") : _t("Not done");
    }

    async plan(onToday) {
        this.state.busy = true;
        try {
            const told = await this.orm.call("its.home", "plan_calls", [onToday]);
            this.notification.add(told, { type: "success" });
            await this.load();
        } finally {
            this.state.busy = false;
        }
    }

    // ------------------------------------------------------------------------
    // What waits
    // ------------------------------------------------------------------------

    /** The tile that was chosen, else the first behind which there is something. */
    chosen(part) {
        const key = this.state.chosen[part.key];
        return (
            part.tiles.find((tile) => tile.key === key) ||
            part.tiles.find((tile) => tile.count) ||
            part.tiles[0]
        );
    }

    choose(part, tile) {
        this.state.chosen[part.key] = tile.key;
    }

    since(row) {
        if (row.days === null) {
            return "";
        }
        return row.days > 0 ? _t("%s d.", row.days) : _t("today");
    }

    share(row, load) {
        const most = Math.max(...load.map((one) => one.count), 1);
        return Math.round((row.count / most) * 100);
    }

    // ------------------------------------------------------------------------
    // Actions
    // ------------------------------------------------------------------------

    open(button) {
        const options = { additionalContext: button.context || {} };
        if (button.view_type) {
            options.viewType = button.view_type;
        }
        return this.action.doAction(button.action, options);
    }

    async openList(action, domain, name) {
        const loaded = await this.action.loadAction(action);
        if (loaded.type !== "ir.actions.act_window") {
            return this.action.doAction(action);
        }
        return this.action.doAction({
            ...loaded,
            domain,
            ...(name ? { display_name: name, name } : {}),
            // The usual filters would narrow it down once more.
            context: {},
        });
    }

    openMissing(opens) {
        return opens.domain
            ? this.openList(opens.action, opens.domain)
            : this.open(opens);
    }

    async openRow(row) {
        if (row.call_id) {
            const desk = await this.action.loadAction(
                "its_quality.its_call_desk_action",
            );
            return this.action.doAction({ ...desk, params: { call_id: row.call_id } });
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.model,
            res_id: row.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("its_quality.home", ItsHome);

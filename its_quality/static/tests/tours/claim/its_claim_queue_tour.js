import { registry } from "@web/core/registry";

// Unknown senders: a client is confirmed and taken back, then a new one is created and
// taken back. By names of methods and fields: the words may be in any language.
const press = (method) => ({
    content: `Press ${method}`,
    trigger: `.o_action_manager button[name=${method}]`,
    run: "click",
});
const waits = {
    content: "The sender is unknown (again)",
    trigger: ".o_action_manager button[name=action_choose_client]",
};
registry.category("web_tour.tours").add("its_claim_queue", {
    steps: () => [
        waits,
        press("action_link_suggested"),
        press("action_undo_link"),
        waits,
        press("action_new_client"),
        {
            content: "The firm is split off from the person",
            trigger: ".modal .o_field_widget[name=name] input:value(ООО «Лютик»)",
        },
        {
            trigger: ".modal .o_field_widget[name=person] input:value(Пётр)",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit ООО «Лютик-2»",
        },
        {
            trigger: ".modal button[name=action_create]",
            run: "click",
        },
        press("action_undo_link"),
        waits,
    ],
});

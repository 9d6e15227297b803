import json, traceback
from odoo.tests import tagged
from .entrances_case import EntrancesCase, entrances
from .roles_table import ROLES
FIXED = ["read","web_read","search_read","web_search_read","export_data","web_save","load","copy","unlink","write","create"]
THREAD = ["message_post","message_update","message_notify","message_subscribe","message_get_followers","get_views"]
ACT = ["activity_schedule","activity_feedback","activity_reschedule","activity_unlink","activity_search"]
@tagged("post_install","-at_install","its_dump")
class TestDump(EntrancesCase):
    def test_dump(self):
        rows=[(m,k) for m,k,p in entrances(self.env) if not p]
        for m in ["its.claim","its.subscription","its.interaction","res.partner","mail.activity","survey.user_input","its.import","its.claim.movement","its.onec.connection","survey.survey","its.cadence"]:
            names=list(FIXED)
            if hasattr(self.env[m],"message_post"): names+=THREAD
            if hasattr(self.env[m],"activity_schedule"): names+=ACT
            if m=="its.claim": names+=["name_create"]
            if m=="mail.activity": names+=["action_done","action_feedback","action_cancel","action_reschedule_today","action_notify","activity_format"]
            if m=="survey.user_input": pass
            if m in("res.partner","survey.survey","its.cadence"): names.append("name_create")
            if m=="res.partner": names.append("action_archive")
            if m=='its.onec.connection': names.remove('copy')
            rows+=[(m,n) for n in names if n not in ("get_views",) and (m,n) not in rows]
        out={}
        for m,n in rows:
            for role in ROLES:
                for seen in (True,False):
                    try: o=self.outcome(m,n,role,seen)
                    except Exception as e:
                        o="X:"+repr(e)[:150]
                        tb=traceback.format_exc()[-600:]
                        if isinstance(e,(KeyError,AttributeError)) : o+=tb
                    out[f"{m}|{n}|{role}|{seen}"]=o
        json.dump(out,open("/tmp/ent_dump.json","w"),ensure_ascii=False)

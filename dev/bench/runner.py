def run(cases, json): raise NotImplementedError

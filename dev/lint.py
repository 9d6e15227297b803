def run(fix): raise NotImplementedError

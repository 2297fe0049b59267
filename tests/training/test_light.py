"""Listing runs needs neither torch nor Dask: the first page does not wait for them."""

import subprocess
import sys


def test_the_store_is_read_without_torch_or_dask(tmp_path):
    code = ("import sys; from seqviz_core.training import RunStore, find_run, TrainingConfig; RunStore(sys.argv[1]).runs(); "
            "print(*{'torch', 'distributed', 'streamlit', 'numpy'} & set(sys.modules))")
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_train_here_is_there_when_asked_for():
    import seqviz_core.training as training
    from seqviz_core.training.worker import train_here

    assert training.train_here is train_here and not hasattr(training, "train_there")

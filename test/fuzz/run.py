#!/usr/bin/env python3
"""Fuzzes what test/fuzz/ has a target for, with clang's libFuzzer.

    run.py fuzz MINUTES [target...]   all targets in that time; an input that fails is printed as a line for corpus/
    run.py save [target...]           what these runs found, as few inputs as reach all of it, becomes corpus/
    run.py broken [name...]           without a check in src/, the corpus fails, or a fuzzer finds an input in a minute

A line of broken.txt: name @ file below src/ @ sed expression (-E) @ target
"""
import glob
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WORK = os.path.join(ROOT, 'build', 'fuzz')
CC = ['clang', '-std=c11', '-g', '-O1', '-D_GNU_SOURCE', '-I' + ROOT + '/include', '-fno-sanitize-recover=all']
SEARCH = ['foreign', 'calls', 'change', 'look', 'model', 'normal']
LONGEST = {'parse': 204, 'node': 2000, 'foreign': 129, 'model_view': 300}  # bytes; else 600


def sources(target):
    """The files of a target, and definitions."""
    kind, _, noun = target.partition('_')
    if kind == 'model':
        return ['test/fuzz/model.c', 'test/model/model_%s.c' % noun]
    if target == 'foreign':
        return ['test/fuzz/foreign.c'] + ['test/search/%s.c' % name for name in SEARCH]
    if target == 'node':
        return ['test/fuzz/node.c', 'examples/mqtt_node/mqtt.c', 'examples/mqtt_node/report.c']
    if target in ('nmea', 'csv', 'http'):
        return ['test/fuzz/example.c', '-DEXAMPLE="%s/examples/%s.c"' % (ROOT, target)]
    return ['test/fuzz/%s.c' % target]


def corpus_file(target):
    return os.path.join(HERE, 'corpus', target + '.hex')


TARGETS = [os.path.basename(name)[:-4] for name in sorted(glob.glob(corpus_file('*')))]


def build(target, folder, src):
    """The program, of a library in `src`."""
    os.makedirs(folder, exist_ok=True)
    library = os.path.join(folder, 'library.o')
    if not os.path.exists(library):
        unit = os.path.join(folder, 'library.c')
        with open(unit, 'w', encoding='ascii') as file:
            file.writelines('#include "%s"\n' % name for name in sorted(glob.glob(src + '/*.c')))
        subprocess.run(CC + ['-w', '-fsanitize=fuzzer-no-link,address,undefined', '-c', unit, '-o', library],
                       check=True)
    program = os.path.join(folder, target)
    files = [name if name.startswith('-') else os.path.join(ROOT, name) for name in sources(target)]
    subprocess.run(CC + ['-fsanitize=fuzzer,address,undefined'] + files + [library, '-o', program], check=True)
    return program


def unpack(target, of='inputs'):
    """The saved inputs in a folder, next to those of runs before."""
    folder = os.path.join(WORK, of, target)
    os.makedirs(folder, exist_ok=True)
    with open(corpus_file(target), encoding='ascii') as file:
        for number, line in enumerate(file):
            with open(os.path.join(folder, 'saved-%03d' % number), 'wb') as to:
                to.write(bytes.fromhex(line))
    return folder


def fuzz(program, target, folder, seconds, *options):
    """Run it. What it says when it has failed; None: it has not."""
    failed = os.path.join(WORK, 'failed-' + target)
    if os.path.exists(failed):
        os.remove(failed)
    run = subprocess.run([program, folder, '-max_total_time=%d' % max(seconds, 1), '-exact_artifact_path=' + failed,
                          '-max_len=%d' % LONGEST.get(target, 600), '-timeout=20', '-print_final_stats=1', *options],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    text = run.stderr.decode(errors='replace')
    runs = [line.split()[1] for line in text.splitlines() if line.startswith('stat::number_of_executed_units')]
    if run.returncode == 0:
        print('%s: %s runs, nothing failed' % (target, runs[0]), flush=True)
        return None
    said = [line for line in text.splitlines() if ': not so: ' in line or ' hold' in line or ', after ' in line
            or 'runtime error' in line or 'SUMMARY' in line]
    if os.path.exists(failed):
        with open(failed, 'rb') as file:
            said.append('the input: ' + file.read().hex())
    return '\n'.join(said or [text[-2000:]])


def fuzz_all(minutes, targets):
    failures = 0
    for target in targets:
        program = build(target, os.path.join(WORK, 'bin'), ROOT + '/src')
        said = fuzz(program, target, unpack(target), 60 * minutes / len(targets))
        if said:
            print('FAILED: %s: %s' % (target, said), flush=True)
            failures += 1
    return failures


def save(targets):
    """Edges only, not how often each was taken: a few dozen inputs."""
    for target in targets:
        folder = os.path.join(WORK, 'merged', target)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        subprocess.run([os.path.join(WORK, 'bin', target), '-merge=1', '-use_counters=0', folder, unpack(target)],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        inputs = []
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), 'rb') as file:
                inputs.append(file.read().hex())
        with open(corpus_file(target), 'w', encoding='ascii') as file:
            file.writelines(line + '\n' for line in sorted(inputs, key=lambda line: (len(line), line)) if line)
        print('%s: %d inputs' % (target, len(inputs)))
    return 0


def broken(names):
    failures = 0
    with open(os.path.join(HERE, 'broken.txt'), encoding='ascii') as file:
        lines = [[part.strip() for part in line.split(' @ ')] for line in file if line.strip() and line[0] != '#']
    for name, changed, expression, target in lines:
        if names and name not in names:
            continue
        folder = os.path.join(WORK, 'broken')
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT + '/src', folder + '/src')
        with open(os.path.join(ROOT, 'src', changed), encoding='utf-8') as whole:
            before = whole.read()
        sed = subprocess.run(['sed', '-E', expression], input=before, capture_output=True, text=True, check=True)
        after = sed.stdout
        with open(os.path.join(folder, 'src', changed), 'w', encoding='utf-8') as to:
            to.write(after)
        shutil.rmtree(os.path.join(WORK, 'saved'), ignore_errors=True)
        inputs, is_right = unpack(target, 'saved'), after != before
        said = 'nothing in %s matches' % changed
        if is_right:  # and passes unbroken
            said = fuzz(build(target, os.path.join(WORK, 'bin'), ROOT + '/src'), target, inputs, 1, '-runs=0')
            is_right = not said
        if is_right:
            program = build(target, folder, folder + '/src')
            by, said = 'the corpus', fuzz(program, target, inputs, 1, '-runs=0')
            if not said:
                by, said = 'fuzzing', fuzz(program, target, inputs, 60)
        is_found = said and is_right
        print('%s: %s: %s' % ('found by ' + by if is_found else 'FAILED', name, said or 'not found'), flush=True)
        failures += not is_found
    return failures


def main(arguments):
    what = arguments[0] if arguments else ''
    if what == 'fuzz' and len(arguments) > 1:
        return fuzz_all(float(arguments[1]), arguments[2:] or TARGETS)
    if what == 'save':
        return save(arguments[1:] or TARGETS)
    if what == 'broken':
        return broken(arguments[1:])
    print(__doc__, file=sys.stderr)
    return 2


sys.exit(min(main(sys.argv[1:]), 2))

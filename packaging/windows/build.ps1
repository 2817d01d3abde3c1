# UNTESTED: never run; checked only by tests/unit/test_installers.py.
# Needs Windows 10 or later, Python 3.11-3.13, the Visual Studio build tools for C++, and Inno Setup 6.3 or later on the path.
# usage: powershell -File packaging\windows\build.ps1 [-Signed]
param([switch]$Signed)

$ErrorActionPreference = "Stop"
$Root = (Resolve-Path "$PSScriptRoot\..\..").Path
$Environment = "$Root\build\env"
$Python = "$Environment\Scripts\python.exe"
$Packaging = "$Root\packaging"

function Invoke-Step { & $args[0] @($args | Select-Object -Skip 1); if ($LASTEXITCODE) { throw "This step failed: $args" } }

Set-Location $Root
Invoke-Step python -m venv --clear $Environment
# The pinned lists are compiled on Linux: what Windows needs besides must be added to them first. `pip check` tells.
Invoke-Step $Python -m pip install --require-hashes --no-deps -r "$Packaging\requirements.txt" -r "$Packaging\requirements-bundle.txt"
Invoke-Step $Python -m pip install --require-hashes --no-deps -r "$Packaging\requirements-build.txt"
# One library for processors with AVX2; the choice among variants when the program runs was tried on Linux only.
$env:CMAKE_ARGS = "-DGGML_NATIVE=OFF -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON -DGGML_BMI2=ON -DGGML_AVX512=OFF " +
  "-DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=OFF"
Invoke-Step $Python -m pip install --no-build-isolation --no-deps --require-hashes --no-binary llama-cpp-python -r "$Packaging\requirements-engine.txt"
Invoke-Step $Python -m pip check
Invoke-Step $Python "$Packaging\build.py" --frozen-only

$Version = & $Python -c "import app; print(app.__version__)"
$Options = @("/DVersion=$Version")
if ($Signed) {
  Invoke-Step signtool sign /fd SHA256 /tr http://timestamp.digicert.com /td SHA256 /a "$Root\build\frozen\deskhand\deskhand.exe" "$Root\build\frozen\deskhand\deskhand-cli.exe"
  $Options += "/DSigned"
}
Invoke-Step iscc @Options "$Packaging\windows\deskhand.iss"

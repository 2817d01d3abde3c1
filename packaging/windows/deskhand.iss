; UNTESTED: written for Inno Setup 6.3 or later and checked only by tests/unit/test_installers.py; it was never compiled or run.
;
; Packs the folder that packaging\windows\build.ps1 makes:
;   iscc /DVersion=0.1.0 packaging\windows\deskhand.iss
; Signed where a sign tool was set up under the name "signtool": add /DSigned.

#ifndef Version
  #error Give the version: iscc /DVersion=0.1.0 deskhand.iss
#endif
#define Root "..\.."
#define Frozen Root + "\build\frozen\deskhand"

[Setup]
AppId={{6E1B0C0B-6E0F-4C51-9C0D-2D9C0B5E3B7A}
AppName=Deskhand
AppVersion={#Version}
AppPublisher=The Deskhand maintainers
DefaultDirName={autopf}\Deskhand
DefaultGroupName=Deskhand
DisableProgramGroupPage=yes
; For one person without administrator rights, or for all with them.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile={#Root}\LICENSE
SetupIconFile=deskhand.ico
UninstallDisplayIcon={app}\deskhand.exe
OutputDir={#Root}\dist
OutputBaseFilename=deskhand-{#Version}-windows-x64
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
CloseApplications=yes
#ifdef Signed
SignTool=signtool
SignedUninstaller=yes
#endif

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"
Name: "turkish"; MessagesFile: "compiler:Languages\Turkish.isl"

[CustomMessages]
english.DesktopIcon=Create an icon on the desktop
turkish.DesktopIcon=Masaüstünde simge oluştur
english.OpenNow=Open Deskhand now
turkish.OpenNow=Deskhand'i şimdi aç

[Tasks]
Name: "desktopicon"; Description: "{cm:DesktopIcon}"; Flags: unchecked

[InstallDelete]
; Libraries of an earlier version must not be loaded beside those of this one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Frozen}\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion
Source: "{#Root}\LICENSE"; DestDir: "{app}"; Flags: ignoreversion

[Icons]
Name: "{group}\Deskhand"; Filename: "{app}\deskhand.exe"
Name: "{autodesktop}\Deskhand"; Filename: "{app}\deskhand.exe"; Tasks: desktopicon

[Registry]
; So that `deskhand` opens the window from the Run dialog. Commands are in deskhand-cli.exe.
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\deskhand.exe"; ValueType: string; ValueData: "{app}\deskhand.exe"; Flags: uninsdeletekey

[Run]
Filename: "{app}\deskhand.exe"; Description: "{cm:OpenNow}"; Flags: nowait postinstall skipifsilent

; Removing the program leaves %LOCALAPPDATA%\deskhand: settings, results and models are the person's.

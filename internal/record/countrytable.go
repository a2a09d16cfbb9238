package record

// countryTable has a country a line: alpha-2, alpha-3, then the English name and its variants between bars. Sources: ISO
// 3166-1 for the codes (XK, Kosovo, by common use), CLDR's English for the names; the variants are our own.
const countryTable = `
AD AND Andorra
AE ARE United Arab Emirates|Emirates|U.A.E.|Dubai|Abu Dhabi
AF AFG Afghanistan
AG ATG Antigua & Barbuda|Antigua
AI AIA Anguilla
AL ALB Albania|Shqipëria
AM ARM Armenia
AO AGO Angola
AQ ATA Antarctica
AR ARG Argentina|Argentine Republic|Argentinien
AS ASM American Samoa
AT AUT Austria|Österreich|Oesterreich
AU AUS Australia|Commonwealth of Australia|Australien|Oz
AW ABW Aruba
AX ALA Åland Islands|Aland
AZ AZE Azerbaijan
BA BIH Bosnia & Herzegovina|Bosnia|Bosnia-Herzegovina|Bosna i Hercegovina
BB BRB Barbados
BD BGD Bangladesh|People's Republic of Bangladesh
BE BEL Belgium|België|Belgique|Belgien
BF BFA Burkina Faso
BG BGR Bulgaria|България
BH BHR Bahrain
BI BDI Burundi
BJ BEN Benin
BL BLM St. Barthélemy
BM BMU Bermuda
BN BRN Brunei|Brunei Darussalam
BO BOL Bolivia|Plurinational State of Bolivia|Bolivia, Plurinational State of
BQ BES Caribbean Netherlands|Bonaire, Sint Eustatius and Saba|Bonaire
BR BRA Brazil|Brasil|Brasilien
BS BHS Bahamas|The Bahamas|Bahamas, The
BT BTN Bhutan
BV BVT Bouvet Island
BW BWA Botswana
BY BLR Belarus|Belorussia|Byelorussia
BZ BLZ Belize
CA CAN Canada|Kanada
CC CCK Cocos Islands|Cocos (Keeling) Islands|Keeling Islands
CD COD DR Congo|Congo - Kinshasa|Democratic Republic of the Congo|Congo, Democratic Republic of the|Congo, The Democratic Republic of the|Congo (Kinshasa)|DRC|Zaire
CF CAF Central African Republic|Central African Rep.
CG COG Congo|Congo - Brazzaville|Republic of the Congo|Congo, Republic of the|Congo (Brazzaville)|Congo Republic
CH CHE Switzerland|Schweiz|Suisse|Svizzera|Swiss Confederation
CI CIV Côte d'Ivoire|Ivory Coast|Republic of Côte d'Ivoire
CK COK Cook Islands
CL CHL Chile|Republic of Chile
CM CMR Cameroon
CN CHN China|People's Republic of China|PRC|PR China|Mainland China|中国
CO COL Colombia|Republic of Colombia|Kolumbien
CR CRI Costa Rica
CU CUB Cuba
CV CPV Cape Verde|Cabo Verde
CW CUW Curaçao
CX CXR Christmas Island
CY CYP Cyprus|Kypros
CZ CZE Czechia|Czech Republic|Česko|Česká republika|Tschechien
DE DEU Germany|Deutschland|Allemagne|Federal Republic of Germany|BRD
DJ DJI Djibouti
DK DNK Denmark|Danmark|Dänemark
DM DMA Dominica
DO DOM Dominican Republic|Dominican Rep.|Dominican Rep|República Dominicana
DZ DZA Algeria|Algérie
EC ECU Ecuador
EE EST Estonia|Eesti
EG EGY Egypt|Arab Republic of Egypt|Ägypten
EH ESH Western Sahara
ER ERI Eritrea
ES ESP Spain|España|Espagne|Spanien|Kingdom of Spain
ET ETH Ethiopia
FI FIN Finland|Suomi|Finnland
FJ FJI Fiji
FK FLK Falkland Islands|Falkland Islands (Malvinas)|Malvinas|Islas Malvinas
FM FSM Micronesia|Federated States of Micronesia|Micronesia, Federated States of
FO FRO Faroe Islands
FR FRA France|République française|Frankreich|French Republic
GA GAB Gabon
GB GBR United Kingdom|UK|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|United Kingdom of Great Britain and Northern Ireland
GD GRD Grenada
GE GEO Georgia|Republic of Georgia
GF GUF French Guiana
GG GGY Guernsey
GH GHA Ghana
GI GIB Gibraltar
GL GRL Greenland
GM GMB Gambia|The Gambia|Gambia, The
GN GIN Guinea
GP GLP Guadeloupe
GQ GNQ Equatorial Guinea|Guinea Equatorial
GR GRC Greece|Hellas|Ελλάδα|Griechenland
GS SGS South Georgia & South Sandwich Islands|South Georgia|South Georgia and the South Sandwich Islands
GT GTM Guatemala
GU GUM Guam
GW GNB Guinea-Bissau
GY GUY Guyana
HK HKG Hong Kong|Hong Kong SAR|Hong Kong SAR China|Hongkong
HM HMD Heard & McDonald Islands|Heard Island and McDonald Islands
HN HND Honduras
HR HRV Croatia|Hrvatska|Kroatien
HT HTI Haiti
HU HUN Hungary|Magyarország|Ungarn
ID IDN Indonesia|Republic of Indonesia|Indonesien
IE IRL Ireland|Republic of Ireland|Éire|Eire|Irland
IL ISR Israel|State of Israel
IM IMN Isle of Man
IN IND India|Bharat|Republic of India|Indien
IO IOT British Indian Ocean Territory
IQ IRQ Iraq
IR IRN Iran|Islamic Republic of Iran|Iran, Islamic Republic of|Persia
IS ISL Iceland|Ísland
IT ITA Italy|Italia|Italien|Italie
JE JEY Jersey
JM JAM Jamaica
JO JOR Jordan|Hashemite Kingdom of Jordan
JP JPN Japan|Nippon|Nihon|日本
KE KEN Kenya
KG KGZ Kyrgyzstan|Kyrgyz Republic
KH KHM Cambodia
KI KIR Kiribati
KM COM Comoros
KN KNA St. Kitts & Nevis|Saint Kitts
KP PRK North Korea|Democratic People's Republic of Korea|DPRK|Korea, Democratic People's Republic of|Korea (North)|N. Korea
KR KOR South Korea|Korea|Republic of Korea|Korea, Republic of|Korea (South)|S. Korea|South-Korea
KW KWT Kuwait
KY CYM Cayman Islands
KZ KAZ Kazakhstan|Republic of Kazakhstan
LA LAO Laos|Lao People's Democratic Republic|Lao PDR
LB LBN Lebanon|Lebanese Republic
LC LCA St. Lucia
LI LIE Liechtenstein|Principality of Liechtenstein
LK LKA Sri Lanka|Ceylon
LR LBR Liberia
LS LSO Lesotho
LT LTU Lithuania|Lietuva
LU LUX Luxembourg|Grand Duchy of Luxembourg|Luxemburg
LV LVA Latvia|Latvija
LY LBY Libya|Libyan Arab Jamahiriya|State of Libya
MA MAR Morocco|Maroc|Kingdom of Morocco
MC MCO Monaco
MD MDA Moldova|Republic of Moldova|Moldova, Republic of
ME MNE Montenegro|Crna Gora
MF MAF St. Martin|Saint Martin (French part)
MG MDG Madagascar
MH MHL Marshall Islands
MK MKD North Macedonia|Macedonia|Republic of North Macedonia|FYROM
ML MLI Mali
MM MMR Myanmar|Burma|Myanmar (Burma)
MN MNG Mongolia
MO MAC Macao|Macau|Macau SAR China|Macao SAR
MP MNP Northern Mariana Islands
MQ MTQ Martinique
MR MRT Mauritania
MS MSR Montserrat
MT MLT Malta
MU MUS Mauritius
MV MDV Maldives
MW MWI Malawi
MX MEX Mexico|México|Mexiko|United Mexican States
MY MYS Malaysia|Malaysien
MZ MOZ Mozambique
NA NAM Namibia|Republic of Namibia
NC NCL New Caledonia
NE NER Niger
NF NFK Norfolk Island
NG NGA Nigeria
NI NIC Nicaragua
NL NLD Netherlands|Holland|Nederland|Pays-Bas|Niederlande
NO NOR Norway|Norge|Norwegen
NP NPL Nepal
NR NRU Nauru
NU NIU Niue
NZ NZL New Zealand|Aotearoa|Neuseeland
OM OMN Oman
PA PAN Panama
PE PER Peru|Perú
PF PYF French Polynesia
PG PNG Papua New Guinea
PH PHL Philippines|The Philippines|Republic of the Philippines|Pilipinas
PK PAK Pakistan|Islamic Republic of Pakistan
PL POL Poland|Polska|Polen
PM SPM St. Pierre & Miquelon|Saint Pierre
PN PCN Pitcairn Islands
PR PRI Puerto Rico|Commonwealth of Puerto Rico
PS PSE Palestine|Palestinian Territories|State of Palestine|Palestine, State of|Occupied Palestinian Territory
PT PRT Portugal|Portuguese Republic
PW PLW Palau
PY PRY Paraguay
QA QAT Qatar
RE REU Réunion|La Réunion
RO ROU Romania|România|Rumänien
RS SRB Serbia|Srbija|Republic of Serbia
RU RUS Russia|Russian Federation|Россия|Rossiya
RW RWA Rwanda
SA SAU Saudi Arabia|Kingdom of Saudi Arabia|KSA
SB SLB Solomon Islands
SC SYC Seychelles
SD SDN Sudan
SE SWE Sweden|Sverige|Schweden
SG SGP Singapore|Republic of Singapore
SH SHN St. Helena|Saint Helena, Ascension and Tristan da Cunha
SI SVN Slovenia|Slovenija|Slowenien
SJ SJM Svalbard & Jan Mayen|Svalbard
SK SVK Slovakia|Slovensko|Slovak Republic
SL SLE Sierra Leone
SM SMR San Marino
SN SEN Senegal
SO SOM Somalia
SR SUR Suriname
SS SSD South Sudan|Republic of South Sudan
ST STP São Tomé & Príncipe|Sao Tome
SV SLV El Salvador
SX SXM Sint Maarten|St. Maarten|Sint Maarten (Dutch part)
SY SYR Syria|Syrian Arab Republic
SZ SWZ Eswatini|Swaziland|Kingdom of Eswatini
TC TCA Turks & Caicos Islands|Turks and Caicos
TD TCD Chad
TF ATF French Southern Territories|French Southern Lands
TG TGO Togo
TH THA Thailand
TJ TJK Tajikistan
TK TKL Tokelau
TL TLS Timor-Leste|East Timor
TM TKM Turkmenistan
TN TUN Tunisia|Tunisie
TO TON Tonga
TR TUR Turkey|Türkiye|Turkiye|Türkei
TT TTO Trinidad & Tobago|Trinidad
TV TUV Tuvalu
TW TWN Taiwan|Taiwan, Province of China|Republic of China|ROC|Chinese Taipei
TZ TZA Tanzania|United Republic of Tanzania|Tanzania, United Republic of
UA UKR Ukraine|Україна|The Ukraine
UG UGA Uganda
UM UMI U.S. Outlying Islands|United States Minor Outlying Islands
US USA United States|United States of America|America|U S|U S A|US of A|Estados Unidos|Etats-Unis|Vereinigte Staaten|USofA
UY URY Uruguay
UZ UZB Uzbekistan
VA VAT Vatican City|Holy See|Vatican|Vatican City State|Holy See (Vatican City State)
VC VCT St. Vincent & Grenadines|St. Vincent|Saint Vincent and the Grenadines
VE VEN Venezuela|Bolivarian Republic of Venezuela|Venezuela, Bolivarian Republic of
VG VGB British Virgin Islands|Virgin Islands, British|BVI
VI VIR U.S. Virgin Islands|US Virgin Islands|Virgin Islands, U.S.|United States Virgin Islands|USVI
VN VNM Vietnam|Viet Nam|Socialist Republic of Vietnam
VU VUT Vanuatu
WF WLF Wallis & Futuna|Wallis
WS WSM Samoa|Western Samoa
XK XKX Kosovo
YE YEM Yemen
YT MYT Mayotte
ZA ZAF South Africa|Republic of South Africa|RSA|Suid-Afrika|Südafrika
ZM ZMB Zambia
ZW ZWE Zimbabwe
`

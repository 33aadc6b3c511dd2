"""Invented names: each is put together from lists by a seeded draw; nobody is meant."""

MEN = (
    "Abdul Rahman", "Ahmad Fauzi", "Akbar", "Aldi", "Amiruddin", "Andi Baso", "Arifin", "Asrul", "Bahtiar", "Basri",
    "Burhanuddin", "Darwis", "Edi Santoso", "Fadli", "Firman", "Hamzah", "Hasan", "Hendra", "Herman", "Ibrahim",
    "Idris", "Ilham", "Irfan", "Ismail", "Jamaluddin", "Kaharuddin", "Lukman", "Mansur", "Marwan", "Muh. Yusuf",
    "Muhammad Ali", "Muhammad Rizal", "Mustafa", "Nasrullah", "Nur Alam", "Rahmat", "Ridwan", "Rusdi", "Rustam",
    "Sabir", "Saharuddin", "Samsuddin", "Sirajuddin", "Sudirman", "Suardi", "Sulaiman", "Syahrir", "Syamsul",
    "Taufiq", "Usman", "Wahyu", "Yahya", "Zainal", "Zulkifli",
)  # fmt: skip
WOMEN = (
    "Aisyah", "Andi Tenri", "Anita", "Asni", "Darmawati", "Dewi", "Dian", "Eka", "Erna", "Farida", "Fatmawati",
    "Fitriani", "Hajrah", "Halimah", "Haslinda", "Hasnah", "Hikmah", "Ida", "Indah", "Irmawati", "Jumiati", "Juwita",
    "Kasmawati", "Lina", "Maryam", "Megawati", "Misrawati", "Mulyani", "Nadia", "Nirmala", "Nur Aini", "Nurhayati",
    "Nurjannah", "Nurlaela", "Nursida", "Rahmawati", "Rahmi", "Ratna", "Rika", "Rosdiana", "Rosmini", "Sahriani",
    "Salma", "Sitti Hajar", "Sitti Nur", "Sri Wahyuni", "Suarni", "Sukmawati", "Suriani", "Ummu", "Wahida", "Yuliana",
    "Zaenab", "Zubaedah",
)  # fmt: skip
SURNAMES = (
    "Abbas", "Achmad", "Amin", "Arsyad", "Azis", "Bakri", "Daeng", "Djafar", "Gani", "Haerul", "Hafid", "Hakim",
    "Halim", "Hamid", "Harun", "Idham", "Iskandar", "Jabbar", "Kadir", "Kalla", "Karim", "Latif", "Malik", "Manan",
    "Mappa", "Muin", "Mustari", "Nawir", "Pasang", "Patta", "Rahim", "Rauf", "Salam", "Saleh", "Samad", "Sappe",
    "Syarif", "Tahir", "Tajuddin", "Thamrin", "Umar", "Wahab", "Yunus", "Zain",
)  # fmt: skip
